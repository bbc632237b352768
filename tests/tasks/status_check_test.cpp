// status_check without a wire: what is said about which module, and how the step ends.
#include <set>

#include <gmock/gmock.h>

#include "devices/boot_clock.hpp"
#include "fat/tasks/catalog.hpp"
#include "fat/tasks/identify.hpp"
#include "fat/tasks/probe.hpp"
#include "tasks/fake_bench.hpp"

namespace fat {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class StatusCheckTest : public ::testing::Test {
 protected:
  TaskExit check(const std::vector<std::string>& serials,
                 std::map<std::string, std::string> arguments = {}) {
    std::vector<TaskModule> modules;
    modules.reserve(serials.size());
    for (const auto& serial : serials) {
      modules.push_back({.entry = {.serial = serial, .path = {}, .port = 1, .host = {}},
                         .fpga_version = 272,
                         .file = {},
                         .place = 0,
                         .pmts = {}});
    }
    arguments.try_emplace("reboot", "false");
    return run_task("status_check",
                    {.bench = bench_,
                     .clock = clock_,
                     .reporter = reporter_,
                     .probe = probe_,
                     .backups = {},
                     .journal = {},
                     .run_file = {},
                     .folder = {},
                     .modules = modules,
                     .arguments = std::move(arguments)});
  }

  FakeBench bench_;
  AskModule probe_;
  BootClock clock_;
  RecordingReporter reporter_;
};

TEST_F(StatusCheckTest, MeasuresFourValuesOfAHealthyModule) {
  bench_.modules["one"] = {};

  EXPECT_EQ(check({"one"}), TaskExit::Done);

  std::vector<std::string> names;
  for (const auto& report : reporter_.all<MeasurementReport>()) {
    names.push_back(report.measurement.name);
  }
  EXPECT_THAT(names, ElementsAre("fpga_version", "temperature", "hv0", "hv1"));
  EXPECT_EQ(reporter_.all<ProgressReport>().back().fraction, 1);
}

TEST_F(StatusCheckTest, RepairsAnFpgaAndCallsTheModuleGood) {
  bench_.modules["one"] = {.opening = {}, .reading = {}, .fpga_version = kFpgaNotConfigured};

  EXPECT_EQ(check({"one"}), TaskExit::Done);

  const auto measurements = reporter_.all<MeasurementReport>();
  ASSERT_THAT(measurements, SizeIs(4));
  EXPECT_EQ(judge(measurements[0].measurement), Verdict::Passed);
  EXPECT_THAT(reporter_.all<VerdictReport>(), IsEmpty());
}

TEST_F(StatusCheckTest, CannotRebootModulesThatAreAskedByACommand) {
  probe_ = [](const ModuleEntry&) { return std::string{}; };

  EXPECT_THROW(check({"one"}, {{"reboot", "true"}}), std::runtime_error);
}

TEST_F(StatusCheckTest, FailsAModuleWhoseFpgaStaysWrongAfterThreeTries) {
  bench_.modules["one"] = {.opening = {}, .reading = {}, .fpga_version = 271, .loads = 271};

  EXPECT_EQ(check({"one"}), TaskExit::Done);

  const auto verdicts = reporter_.all<VerdictReport>();
  ASSERT_THAT(verdicts, SizeIs(1));
  EXPECT_EQ(verdicts[0].verdict, Verdict::Failed);
  EXPECT_EQ(verdicts[0].reason, "FPGA version 271, should be 272");
  int loads = 0;
  for (const auto& message : reporter_.all<MessageReport>()) {
    loads += message.text.find("loading") != std::string::npos ? 1 : 0;
  }
  EXPECT_EQ(loads, 3);
}

TEST_F(StatusCheckTest, SaysWhichModuleDoesNotAnswerAndGoesOn) {
  bench_.modules["one"] = {};

  EXPECT_EQ(check({"one", "two"}), TaskExit::Done);

  const auto states = reporter_.all<ModuleReport>();
  ASSERT_THAT(states, SizeIs(1));
  EXPECT_EQ(states[0].module, "two");
  EXPECT_EQ(states[0].state, "unresponsive");
}

TEST_F(StatusCheckTest, CallsAModuleThatAnswersBadlyInconclusiveAndNotUnresponsive) {
  bench_.modules["one"] = {.opening = {}, .reading = DeviceFault::Garbled};

  EXPECT_EQ(check({"one"}), TaskExit::Done);

  EXPECT_THAT(reporter_.all<ModuleReport>(), IsEmpty());
  EXPECT_THAT(reporter_.all<VerdictReport>(),
              ElementsAre(Field(&VerdictReport::verdict, Verdict::Inconclusive)));
}

TEST_F(StatusCheckTest, DidNotDoItsJobWhenNotASingleModuleAnswers) {
  EXPECT_EQ(check({"one", "two"}), TaskExit::Errored);

  EXPECT_THAT(reporter_.all<MessageReport>(),
              Contains(Field(&MessageReport::text, HasSubstr("none of the 2 modules answers"))));
}

TEST_F(StatusCheckTest, ChecksMoreModulesThanItHasThreads) {
  std::vector<std::string> serials;
  for (int i = 0; i < 100; ++i) {
    serials.push_back("module " + std::to_string(i));
    bench_.modules[serials.back()] = {};
  }

  EXPECT_EQ(check(serials), TaskExit::Done);

  EXPECT_THAT(reporter_.all<MeasurementReport>(), SizeIs(400));
}

TEST_F(StatusCheckTest, AsksByTheStationsCommandWhereThereIsOne) {
  probe_ = [](const ModuleEntry& module) -> std::string {
    if (module.serial == "two") {
      throw DeviceError{DeviceFault::Closed, module.serial, "no light"};
    }
    return "";
  };

  EXPECT_EQ(check({"one", "two"}), TaskExit::Done);

  const auto measurements = reporter_.all<MeasurementReport>();
  ASSERT_THAT(measurements, SizeIs(1));
  EXPECT_EQ(measurements[0].measurement.module, "one");
  EXPECT_EQ(measurements[0].measurement.name, "answers");
  EXPECT_EQ(judge(measurements[0].measurement), Verdict::Passed);
  const auto silent = reporter_.all<ModuleReport>();
  ASSERT_THAT(silent, SizeIs(1));
  EXPECT_EQ(silent[0].module, "two");
  EXPECT_THAT(silent[0].reason, HasSubstr("no light"));
}

TEST_F(StatusCheckTest, ErrsWhenTheCommandReachesNobody) {
  probe_ = [](const ModuleEntry& module) -> std::string {
    throw DeviceError{DeviceFault::Timeout, module.serial, "nothing"};
  };

  EXPECT_EQ(check({"one", "two"}), TaskExit::Errored);
}

TEST(ProbeModules, SaysWhatToTryForEachFault) {
  FakeBench bench;
  std::vector<ModuleEntry> entries;
  for (const auto fault : {DeviceFault::Unreachable,
                           DeviceFault::Busy,
                           DeviceFault::Timeout,
                           DeviceFault::Closed,
                           DeviceFault::Garbled,
                           DeviceFault::Refused}) {
    const auto serial = std::to_string(static_cast<int>(fault));
    bench.modules[serial] = {.opening = fault};
    entries.push_back({.serial = serial, .path = "m.json", .port = 5003, .host = "hub"});
  }
  bench.modules["good"] = {};
  entries.push_back({.serial = "good", .path = "m.json", .port = 5003, .host = "hub"});
  entries.push_back({.serial = "none", .path = "n.json", .port = 0, .host = "hub"});

  const auto found = probe_modules(entries, bench);

  std::set<std::string> advice;
  for (const auto& one : found) {
    EXPECT_EQ(one.answers, one.serial == "good");
    EXPECT_EQ(one.what_to_try.empty(), one.answers) << one.serial;
    EXPECT_TRUE(advice.insert(one.what_to_try).second) << one.what_to_try;
  }
  EXPECT_THAT(found.back().what_to_try, HasSubstr("into n.json"));
}

TEST(IdentifyModules, SaysWhereNobodyCanBeAsked) {
  const FakeBench bench;
  const ModuleAddress without_port{.host = "hub", .port = 0};

  const auto by_iceboot = identify_modules({without_port}, bench);
  const auto by_command =
      identify_modules({without_port}, bench, [](const ModuleEntry&) { return std::string{}; });

  EXPECT_THAT(by_iceboot.at(0).why, HasSubstr("this address has none"));
  EXPECT_THAT(by_iceboot.at(0).what_to_try, HasSubstr("HOST:PORT"));
  EXPECT_THAT(by_command.at(0).why, HasSubstr("the identify command printed nothing"));
}

}  // namespace
}  // namespace fat
