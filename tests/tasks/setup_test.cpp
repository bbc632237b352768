// Setting a bench up: by fakes, and over the wire.
#include <chrono>

#include "fat/tasks/module_look.hpp"
#include "tasks/task_bench.hpp"
#include "tasks/wired_station.hpp"

namespace fat {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class Setup : public TaskOnFakePmts {};

TEST_F(Setup, SwitchesOnWhatIsThereAndSaysHowMuch) {
  add_module("one");
  add_module("two");
  modules_[1].place = 5;

  EXPECT_EQ(perform("setup"), TaskExit::Done);

  EXPECT_THAT(messages(), HasSubstr("2 of 2 module servers answer"));
  EXPECT_EQ(instruments_.switched_on, (std::set<std::string>{"field_hub0 0", "field_hub1 1"}));
  EXPECT_EQ(value_of("two", "", "hv_interlock"), 1);
}

TEST_F(Setup, NamesTheModuleServerThatDoesNotAnswerAndDoesTheOthers) {
  add_module("one");
  add_module("two");
  modules_[1].place = 4;
  instruments_.silent_hub = "field_hub0";

  EXPECT_EQ(perform("setup"), TaskExit::Errored);

  EXPECT_THAT(messages(), HasSubstr("module server field_hub0 is not ready"));
  EXPECT_THAT(messages(), HasSubstr("1 of 2 module servers answer"));
  EXPECT_EQ(instruments_.switched_on, (std::set<std::string>{"field_hub1 0"}));
}

TEST_F(Setup, FailsAModuleWhoseInterlockIsNotSet) {
  add_module("one");
  bench_.modules.at("one").interlocks.lid = false;

  perform("setup");

  const auto reports = reporter_.all<MeasurementReport>();
  ASSERT_THAT(reports, SizeIs(4));
  EXPECT_EQ(judge(reports[3].measurement), Verdict::Failed);
}

TEST_F(Setup, WaitsForAModuleThatBoots) {
  add_module("one");
  bench_.modules.at("one").opens_at = clock_.now().boot + std::chrono::seconds{20};
  add_module("two");
  bench_.modules.at("two").opens_at = clock_.now().boot + std::chrono::hours{1};

  EXPECT_EQ(perform("setup"), TaskExit::Done);

  const auto silent = reporter_.all<ModuleReport>();
  ASSERT_THAT(silent, SizeIs(1));
  EXPECT_EQ(silent[0].module, "two");
  EXPECT_EQ(value_of("one", "", "hv_interlock"), 1);
}

TEST_F(Setup, CanBeAskedWhetherItIsDone) {
  add_module("one");
  add_module("two");
  EXPECT_EQ(verify("setup"), TaskExit::Done);
  EXPECT_THAT(instruments_.switched_on, ::testing::IsEmpty());

  bench_.modules.at("two").interlocks.high_voltage = false;
  EXPECT_EQ(verify("setup"), TaskExit::Errored);
  EXPECT_THAT(messages(), HasSubstr("set up: 1 of 2 modules"));

  bench_.modules.at("two").interlocks.high_voltage = true;
  bench_.modules.at("two").restart();
  EXPECT_EQ(verify("setup"), TaskExit::Errored);

  bench_.modules.at("one").opens_at = clock_.now().boot + std::chrono::hours{1};
  EXPECT_EQ(verify("setup"), TaskExit::Errored);
}

TEST_F(Setup, SaysOfNobodyThatItIsDoneWhoAnswersNonsense) {
  add_module("one");
  bench_.modules.at("one").before_word = [](const std::string& word) {
    if (word == "interlocks") {
      throw DeviceError{DeviceFault::Garbled, "one", "?"};
    }
  };

  EXPECT_THROW(verify("setup"), std::runtime_error);
}

TEST_F(Setup, GivesUpOnAModuleThatRefusesItsImageAndSaysSo) {
  add_module("one");
  bench_.modules.at("one").fpga_version = 271;
  int loads = 0;
  bench_.modules.at("one").before_word = [&](const std::string& word) {
    if (word == "configure") {
      ++loads;
      throw DeviceError{DeviceFault::Refused, "one", "no such file"};
    }
  };

  perform("setup");

  EXPECT_EQ(loads, 1);
  EXPECT_THAT(messages(), HasSubstr("no such file"));
  EXPECT_THAT(verdicts(), HasSubstr("FPGA version 271, should be 272"));
}

TEST_F(Setup, ComparesNoVersionWithAModuleJsonThatNamesNone) {
  add_module("one");
  modules_[0].fpga_version.reset();
  bench_.modules.at("one").fpga_version = 271;

  EXPECT_EQ(perform("setup"), TaskExit::Done);

  EXPECT_THAT(messages(), HasSubstr("one: the module JSON names no fpgaVersion"));
  EXPECT_EQ(value_of("one", "", "fpga_version"), 271);
  EXPECT_EQ(verdicts(), "");
}

TEST_F(Setup, AModuleIsLookedAtWithoutAChange) {
  add_module("good");
  add_module("empty");
  bench_.modules.at("empty").restart();
  add_module("old");
  bench_.modules.at("old").fpga_version = 271;
  add_module("shut");
  bench_.modules.at("shut").interlocks.high_voltage = false;
  add_module("silent");
  bench_.modules.erase("silent");

  const auto looks = look_at_modules(modules_, bench_, {});

  ASSERT_THAT(looks, SizeIs(5));
  EXPECT_TRUE(looks[0].set_up);
  EXPECT_EQ(looks[1].why, "its FPGA holds no image");
  EXPECT_EQ(looks[2].why, "FPGA version 271, should be 272");
  EXPECT_EQ(looks[3].why, "high voltage is not allowed");
  EXPECT_TRUE(looks[3].answers);
  EXPECT_FALSE(looks[4].answers);
  const auto asked = look_at_modules(modules_, bench_, [](const ModuleEntry& module) {
    if (module.serial == "silent") {
      throw DeviceError{DeviceFault::Timeout, module.serial, "no light"};
    }
    return std::string{};
  });
  EXPECT_TRUE(asked[1].set_up);
  EXPECT_FALSE(asked[4].answers);
}

TEST_F(Setup, AModuleThatRefusesDoesNotKeepTheOthersOfItsPairOff) {
  add_module("one");
  add_module("two");
  modules_[1].place = 1;
  instruments_.hub_fault = DeviceFault::Refused;

  EXPECT_EQ(perform("setup"), TaskExit::Done);

  EXPECT_THAT(messages(), HasSubstr("one: field_hub0: ?NOREPLY"));
  EXPECT_EQ(instruments_.switched_on, (std::set<std::string>{"field_hub0 0", "field_hub0 1"}));

  instruments_.hub_fault = DeviceFault::Timeout;
  EXPECT_EQ(perform("setup"), TaskExit::Errored);
  EXPECT_THAT(messages(), HasSubstr("module server field_hub0 is not ready"));
}

TEST(SetupOverTheWire, ReachesEveryModuleOfTwoWirePairs) {
  WiredStation station{{.modules = 5, .speed = 100}};

  EXPECT_EQ(station.perform("setup", {{"field_hub", "field_hub"}, {"boot", "60 s"}}),
            TaskExit::Done);

  const auto measured = station.reporter().all<MeasurementReport>();
  EXPECT_THAT(measured, SizeIs(20));
  for (const auto& report : measured) {
    EXPECT_EQ(judge(report.measurement), Verdict::Passed) << report.measurement.name;
  }
}

}  // namespace
}  // namespace fat
