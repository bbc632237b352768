// High voltage off, and its ladder, without a wire; lights off.
#include "tasks/task_bench.hpp"

namespace fat {
namespace {

using ::testing::HasSubstr;

class HvOff : public TaskOnFakePmts {
 protected:
  void add_live_module(const std::string& serial) {
    add_module(serial);
    for (const int channel : {0, 1}) {
      pmt(serial, channel).on = true;
      pmt(serial, channel).from = pmt(serial, channel).target = 1500;
    }
  }
};

TEST_F(HvOff, BringsEveryPmtDownAndSaysHowMany) {
  add_live_module("one");
  add_live_module("two");

  EXPECT_EQ(perform("hv_off"), TaskExit::Done);

  for (const auto* serial : {"one", "two"}) {
    EXPECT_FALSE(pmt(serial, 0).on);
    EXPECT_NEAR(bench_.volts(serial, 1), 0, 50);
  }
  EXPECT_THAT(messages(), HasSubstr("high voltage off: 2 of 2 modules"));
}

TEST_F(HvOff, FailsWhenOneStaysUpAndNeverStopsThere) {
  add_live_module("one");
  add_live_module("two");
  pmt("one", 0).stuck = true;

  EXPECT_EQ(perform("hv_off"), TaskExit::Errored);

  EXPECT_THAT(messages(), HasSubstr("one lower: the high voltage may be on"));
  EXPECT_NEAR(bench_.volts("one", 1), 0, 50);
  EXPECT_NEAR(bench_.volts("two", 0), 0, 50);
}

TEST_F(HvOff, FailsWhenAModuleOfTheRunDoesNotAnswer) {
  add_live_module("one");
  add_live_module("two");
  bench_.modules.erase("one");

  EXPECT_EQ(perform("hv_off"), TaskExit::Errored);

  EXPECT_THAT(messages(), HasSubstr("one: the high voltage may be on"));
  EXPECT_NEAR(bench_.volts("two", 0), 0, 50);
}

TEST_F(HvOff, TriesModulesInQuarantineButDoesNotFailOfThoseThatAreSilent) {
  add_live_module("one");
  add_live_module("two");
  bench_.modules.erase("one");
  modules_[0].quarantined = true;
  modules_[1].quarantined = true;

  EXPECT_EQ(perform("hv_off"), TaskExit::Done);

  EXPECT_THAT(messages(), HasSubstr("one (in quarantine): the high voltage may be on"));
  EXPECT_THAT(messages(), HasSubstr("high voltage off: 1 of 2 modules"));
  EXPECT_NEAR(bench_.volts("two", 0), 0, 50);
}

TEST_F(HvOff, IsNotVerifiedOfAModuleThatIsSilent) {
  add_live_module("one");
  add_live_module("two");
  bench_.modules.erase("one");
  modules_[0].quarantined = true;
  EXPECT_EQ(verify("hv_off"), TaskExit::Errored);  // of the other one it is known
  perform("hv_off");

  EXPECT_THROW(verify("hv_off"), std::runtime_error);
}

TEST_F(HvOff, CanBeAskedWhetherItIsDone) {
  add_live_module("one");

  EXPECT_TRUE(can_verify("hv_off"));
  EXPECT_EQ(verify("hv_off"), TaskExit::Errored);
  EXPECT_TRUE(pmt("one", 0).on);

  perform("hv_off");
  EXPECT_EQ(verify("hv_off"), TaskExit::Done);
}

class MeasureHv : public TaskOnFakePmts {};

TEST_F(MeasureHv, StepsAroundTheVoltageForAGainOf1e7AndComesBack) {
  add_module("one");

  EXPECT_EQ(perform("measure_hv", {{"span", "20 V"}}), TaskExit::Done);

  EXPECT_EQ(value_of("one", "upper", "hv_unsteady_points"), 0);
  EXPECT_LT(value_of("one", "upper", "hv_deviation"), 1);
  std::ifstream table{folder_.path() / "one_lower_hv.csv"};
  std::string line;
  std::getline(table, line);
  EXPECT_EQ(line, "set [V],read_back [V],spread [V],current [uA]");
  std::getline(table, line);
  EXPECT_THAT(line, HasSubstr("1461,1461,0,"));
  int points = 1;
  for (; std::getline(table, line);) {
    ++points;
  }
  EXPECT_EQ(points, 40);
  EXPECT_TRUE(module_json().at("LowerPmt").contains("HVMonitoring_00"));
  EXPECT_FALSE(pmt("one", 0).on);
}

TEST_F(MeasureHv, RefusesAStepThatIsNone) {
  add_module("one");

  EXPECT_THAT(failure_of("measure_hv", {{"step", "0 V"}}), HasSubstr("step 1 V to the span"));
}

class AllLights : public TaskOnFakePmts {};

TEST_F(AllLights, AreAllTriedAlthoughOneFails) {
  instruments_.generator_fault = DeviceFault::Timeout;

  EXPECT_EQ(perform("disable_all_lights", {{"wheels", "wheel0, wheel1"}}), TaskExit::Errored);

  EXPECT_THAT(messages(), HasSubstr("light may be on: generator"));
  EXPECT_THAT(messages(), HasSubstr("the light of wheel1 is off"));
}

TEST_F(AllLights, AreOff) {
  EXPECT_EQ(perform("disable_all_lights"), TaskExit::Done);
  EXPECT_FALSE(instruments_.laser_on);
}

TEST_F(AllLights, CanBeAskedWhetherTheyAreOff) {
  const std::map<std::string, std::string> wheels{{"wheels", "wheel0"}};
  EXPECT_EQ(verify("disable_all_lights", wheels), TaskExit::Errored);

  perform("disable_all_lights", wheels);
  EXPECT_EQ(verify("disable_all_lights", wheels), TaskExit::Done);

  EXPECT_EQ(verify("disable_all_lights", {{"wheels", "wheel1"}}), TaskExit::Errored);
  instruments_.generator_fault = DeviceFault::Timeout;
  EXPECT_EQ(verify("disable_all_lights", {{"wheels", "wheel1"}}), TaskExit::Errored);
  EXPECT_THROW(verify("disable_all_lights", wheels), std::runtime_error);
}

}  // namespace
}  // namespace fat
