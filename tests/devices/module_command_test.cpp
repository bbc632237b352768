// A station's command for its modules, run for one of them.
#include "fat/devices/module_command.hpp"

#include <gmock/gmock.h>

#include "devices/boot_clock.hpp"
#include "fat/ports/device_error.hpp"

namespace fat {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const ModuleEntry kModule{.serial = "A1", .path = {}, .port = 5003, .host = "hub"};

class ModuleCommandTest : public testing::Test {
 protected:
  AskModule command(std::vector<std::string> words,
                    Microseconds timeout = std::chrono::seconds{30}) const {
    return module_command(clock_, std::move(words), {"/", {"LIGHT=on"}}, timeout);
  }

  /// What it is called when it fails.
  static std::string failure(const AskModule& command) {
    try {
      return "no failure: " + command(kModule);
    } catch (const DeviceError& error) {
      return error.what();
    }
  }

  BootClock clock_;
};

TEST_F(ModuleCommandTest, IsToldWhichModuleAndGivesItsFirstLine) {
  const auto ask = command({"/bin/echo", " {serial} at {address}, {host} {port}{serial} {none} "});

  EXPECT_EQ(ask(kModule), "A1 at hub:5003, hub 5003A1 {none}");
}

TEST_F(ModuleCommandTest, RunsInTheStationFolder) {
  EXPECT_EQ(command({"/bin/sh", "-c", "pwd; echo second line"})(kModule), "/");
}

TEST_F(ModuleCommandTest, FindsJustTheEnvironmentThatItIsGiven) {
  EXPECT_EQ(command({"/usr/bin/env"})(kModule), "LIGHT=on");
  EXPECT_EQ(command({"/bin/sh", "-c", "echo \"$LIGHT$HOME\""})(kModule), "on");
}

TEST_F(ModuleCommandTest, SaysWhatItPrintedWhenItFails) {
  EXPECT_THAT(failure(command({"/bin/sh", "-c", "echo no light; exit 3"})),
              AllOf(HasSubstr("A1"), HasSubstr("status 3"), HasSubstr("no light")));
  EXPECT_THAT(failure(command({"/no/such/program"})), HasSubstr("cannot be started"));
}

TEST_F(ModuleCommandTest, MayNotPrintWithoutEnd) {
  EXPECT_THAT(failure(command({"/usr/bin/yes"})), HasSubstr("it printed more than 64 KiB"));
}

TEST_F(ModuleCommandTest, IsEndedWhenItTakesTooLong) {
  EXPECT_THAT(failure(command({"/bin/sh", "-c", "echo; sleep 60"}, std::chrono::milliseconds{50})),
              HasSubstr("not done within 50 ms"));
}

TEST_F(ModuleCommandTest, IsNothingWithoutWords) {
  EXPECT_FALSE(command({}));
}

}  // namespace
}  // namespace fat
