// Modules without power and back: by fakes, and over the wire.
#include "tasks/task_bench.hpp"
#include "tasks/wired_station.hpp"

namespace fat {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Two modules on the first wire pair that lose their images with their power.
class Bootmon : public TaskOnFakePmts {
 protected:
  Bootmon() {
    add_module("one");
    add_module("two");
    modules_[1].place = 1;
    instruments_.power = [this](const std::string& what, bool on) {
      power_.push_back(what + (on ? " on" : " off"));
      const bool pair = what.find(' ') == std::string::npos;
      for (std::size_t number = 0; number < modules_.size(); ++number) {
        if (!on && (pair || what.ends_with(std::to_string(number)))) {
          bench_.modules.at(modules_[number].entry.serial).restart();
        }
      }
    };
  }

  std::vector<std::string> power_;
};

TEST_F(Bootmon, BringsEveryModuleBackWithItsImage) {
  auto& upper = pmt("one", 1);
  upper.on = true;
  upper.from = upper.target = 1480;

  EXPECT_EQ(perform("bootmon", {{"mode", "reboot"}}), TaskExit::Done);

  EXPECT_THAT(power_, SizeIs(4));
  EXPECT_EQ(value_of("one", "", "fpga_version"), 272);
  EXPECT_EQ(value_of("two", "", "boot_rounds"), 1);
  EXPECT_EQ(value_of("two", "", "warm_reboot_failures"), 0);
  EXPECT_THAT(messages(), HasSubstr("2 of 2 modules are back"));
  const auto entry = module_json().at("RebootMonitoring_00");
  EXPECT_EQ(entry.at("fpgaSet"), "True");
  EXPECT_EQ(entry.at("nAttemps"), 1);
  EXPECT_EQ(entry.at("temperature"), 21.5);
}

TEST_F(Bootmon, BringsTheHighVoltageDownBeforeThePowerGoes) {
  auto& upper = pmt("one", 1);
  upper.on = true;
  upper.from = upper.target = 1480;
  double highest = 0;
  const auto lose_power = instruments_.power;
  instruments_.power = [&](const std::string& what, bool on) {
    highest = std::max(highest, on ? 0 : bench_.volts("one", 1));
    lose_power(what, on);
  };

  perform("bootmon");

  EXPECT_LT(highest, 50);
}

TEST_F(Bootmon, SwitchesOnlyTheModuleOffAgainThatDidNotComeBack) {
  bench_.modules.at("two").loads = 271;

  EXPECT_EQ(perform("bootmon"), TaskExit::Done);

  EXPECT_THAT(power_, SizeIs(6));
  EXPECT_EQ(power_.back(), "field_hub0 1 on");
  EXPECT_EQ(value_of("two", "", "boot_rounds"), 2);
  EXPECT_EQ(module_json(1).at("RebootMonitoring_00").at("fpgaSet"), "False");
  EXPECT_THAT(messages(), HasSubstr("two did not come back in 2 rounds: its FPGA does not take"));
  EXPECT_THAT(verdicts(), HasSubstr("two failed"));
  EXPECT_EQ(value_of("one", "", "boot_rounds"), 1);
}

TEST_F(Bootmon, CountsTheFailuresOfTheWholeCampaign) {
  bench_.modules.at("two").loads = 271;

  perform("bootmon");
  perform("bootmon");
  reporter_.clear();
  perform("bootmon");

  EXPECT_EQ(value_of("two", "", "warm_reboot_failures"), 3);
  for (const auto& report : reporter_.all<MeasurementReport>()) {
    if (report.measurement.name == "warm_reboot_failures") {
      EXPECT_EQ(judge(report.measurement),
                report.measurement.module == "two" ? Verdict::Failed : Verdict::Passed);
    }
  }
}

TEST_F(Bootmon, SaysWhoIsSilentAndGoesOn) {
  bench_.modules.at("two").opens_at = clock_.now().boot + 1h;

  EXPECT_EQ(perform("bootmon"), TaskExit::Done);

  EXPECT_THAT(reporter_.all<ModuleReport>(), Contains(Field(&ModuleReport::module, "two")));
  EXPECT_EQ(module_json(0).at("RebootMonitoring_00").at("fpgaSet"), "True");
}

TEST_F(Bootmon, LeavesTheWirePairsWithoutPowerForTheWholeNight) {
  const auto begin = clock_.now().boot;

  EXPECT_EQ(perform("bootmon", {{"mode", "coldboot"}}), TaskExit::Done);

  EXPECT_GE(clock_.now().boot - begin, 8h);
  EXPECT_LT(clock_.now().boot - begin, 9h);
  EXPECT_EQ(power_.front(), "field_hub0 off");
  EXPECT_EQ(value_of("one", "", "cold_boot_retries"), 0);
  const auto entry = module_json().at("ColdBoot_00");
  EXPECT_EQ(entry.at("coldBootStatus"), "Pass");
  EXPECT_EQ(entry.at("coldBootRetry"), 0);
}

TEST_F(Bootmon, DoesNotCallAModuleGoodWhosePowerNobodyCouldTake) {
  modules_[1].place = 4;  // behind field_hub1
  instruments_.silent_hub = "field_hub1";

  for (const char* mode : {"reboot", "coldboot"}) {
    EXPECT_EQ(perform("bootmon", {{"mode", mode}}), TaskExit::Errored);
    EXPECT_THAT(verdicts(), HasSubstr("two inconclusive"));
    EXPECT_THAT(reporter_.all<ModuleReport>(), IsEmpty());
    EXPECT_EQ(value_of("one", "", "boot_rounds"), 1);
  }
  EXPECT_TRUE(module_json(0).contains("ColdBoot_00"));
  EXPECT_FALSE(module_json(1).contains("RebootMonitoring_00"));
  EXPECT_EQ(perform("status_check", {{"reboot", "true"}}), TaskExit::Errored);
}

TEST_F(Bootmon, UsesTheModulesOwnWordWhereThereIsNoFieldHub) {
  EXPECT_EQ(perform("bootmon", {{"field_hub", "none"}}), TaskExit::Done);

  EXPECT_THAT(power_, IsEmpty());
  EXPECT_EQ(value_of("one", "", "fpga_version"), 272);
  EXPECT_THAT(messages(), HasSubstr("loading newest.rbf"));
  EXPECT_THAT(failure_of("bootmon", {{"field_hub", "none"}, {"mode", "coldboot"}}),
              HasSubstr("needs field_hub"));
  EXPECT_THAT(failure_of("bootmon", {{"mode", "warm"}}), HasSubstr("not 'warm'"));
}

TEST_F(Bootmon, StatusCheckRebootsWhenItIsTold) {
  EXPECT_EQ(perform("status_check", {{"reboot", "true"}}), TaskExit::Done);

  EXPECT_THAT(power_, SizeIs(4));
  EXPECT_EQ(value_of("two", "", "fpga_version"), 272);
}

TEST(BootmonOverTheWire, BringsModulesOfTwoWirePairsBack) {
  // A module that boots hears the second try.
  WiredStation station{{.modules = 5, .speed = 100}, {.boot = 300ms}};

  int loads = 0;
  for (const char* mode : {"reboot", "coldboot"}) {
    EXPECT_EQ(station.perform(
                  "bootmon",
                  {{"mode", mode}, {"off", "1 ms"}, {"field_hub", "field_hub"}, {"boot", "60 s"}}),
              TaskExit::Done);
    for (const auto& message : station.reporter().all<MessageReport>()) {
      loads += message.text.find("loading") != std::string::npos ? 1 : 0;
    }
    for (const auto& report : station.reporter().all<MeasurementReport>()) {
      EXPECT_NE(judge(report.measurement), Verdict::Failed) << report.measurement.name;
    }
  }

  EXPECT_EQ(loads, 10);  // each time every image was lost
}

}  // namespace
}  // namespace fat
