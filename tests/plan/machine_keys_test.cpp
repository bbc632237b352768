// [module_power NAME] and [chiller NAME] of a station file.
#include <gmock/gmock.h>

#include "fat/plan/station_file.hpp"

namespace fat {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

DeviceCatalog powered_kinds() {
  const auto quantities = [](const DeviceEntry& /*device*/) {
    return std::vector<QuantityInfo>{
        {.name = "output", .unit = "", .inputs = 2, .settable = SettingRange{0, 1}},
        {.name = "voltage", .unit = "V", .inputs = 2},
        {.name = "setpoint", .unit = "V", .inputs = 2, .settable = SettingRange{0, 1000}},
        {.name = "tripped", .unit = "", .inputs = 2},
        {.name = "temperature", .unit = "degC"}};
  };
  return {{.name = "box", .quantities = quantities}};
}

std::string powered_channel(const std::string& name, const std::string& quantity) {
  return "[channel " + name + "]\ninstrument = box\nquantity = " + quantity + "\n";
}

const std::string kPoweredBench =
    "[device box]\nkind = box\n" + powered_channel("lv", "output 1") +
    powered_channel("lv_volts", "voltage 1") + powered_channel("hv", "output 2") +
    powered_channel("hv_volts", "voltage 2") + powered_channel("hv_set", "setpoint 2") +
    powered_channel("hv_trip", "tripped 2") + powered_channel("bath", "temperature");

const std::string kPower =
    "[module_power m1]\ngroup = stave\nlow_output = lv\nlow_voltage = lv_volts\nlow_off = 0.5 V\n"
    "low_on = 9 V\nhigh_output = hv\nhigh_voltage = hv_volts\nhigh_off = 5 V\n"
    "high_setpoint = hv_set\nhigh_tripped = hv_trip\nramp_within = 30 s\n";

StationFile read_machines(const std::string& text) {
  return parse_station_file(kPoweredBench + text, "station.ini", "/bench", powered_kinds());
}

std::string machine_problems(const std::string& text) {
  std::string all;
  for (const auto& problem : read_machines(text).problems) {
    all += to_text(problem) + '\n';
  }
  return all;
}

TEST(MachineKeys, SayWhichChannelsAreAModulesPower) {
  const auto file = read_machines(kPower);

  EXPECT_THAT(file.problems, IsEmpty());
  ASSERT_THAT(file.station.module_powers, SizeIs(1));
  const auto& power = file.station.module_powers.front();
  EXPECT_EQ(power.name, "m1");
  EXPECT_EQ(power.group, "stave");
  EXPECT_EQ(power.low.output, "lv");
  EXPECT_EQ(power.low.on, 9);
  EXPECT_EQ(power.high.off, 5);
  EXPECT_EQ(power.high.on, 5);
  EXPECT_THAT(power.high.tripped, ElementsAre("hv_trip"));
  EXPECT_EQ(power.ramp_within, std::chrono::seconds{30});
  EXPECT_THAT(channels_of(power),
              ElementsAre("lv", "lv_volts", "hv", "hv_volts", "hv_set", "hv_trip"));
}

TEST(MachineKeys, SayWhichChannelsAreAChiller) {
  const auto file = read_machines(
      "[chiller c1]\nrunning = lv\nstatus = hv_trip\nalarms = hv_trip\nexternal_control = hv\n"
      "internal_temperature = bath\nexternal_temperature = bath\n");

  EXPECT_THAT(file.problems, IsEmpty());
  ASSERT_THAT(file.station.chillers, SizeIs(1));
  EXPECT_THAT(channels_of(file.station.chillers.front()),
              ElementsAre("lv", "hv_trip", "hv", "bath"));
}

TEST(MachineKeys, AChannelHasToBeThereAndFit) {
  EXPECT_THAT(
      machine_problems("[module_power a]\nlow_output = hv_vols\nhigh_output = hv\n"),
      AllOf(HasSubstr("there is no [channel hv_vols]"), HasSubstr("did you mean 'hv_volts'?")));
  EXPECT_THAT(machine_problems("[module_power a]\nlow_output = lv_volts\nhigh_output = hv\n"),
              HasSubstr("'lv_volts' is no switch"));
  EXPECT_THAT(machine_problems("[module_power a]\nlow_output = lv\n"),
              HasSubstr("lacks 'high_output'"));
  EXPECT_THAT(machine_problems("[module_power a]\nlow_output = lv\nhigh_output = lv\n"),
              HasSubstr("the same switch"));
  EXPECT_THAT(machine_problems("[chiller a]\nrunning = bath\n"), HasSubstr("is no switch"));
  EXPECT_THAT(machine_problems("[chiller a]\nrunning = lv\nexternal_temperature = bath\n"),
              HasSubstr("without 'external_control'"));
  EXPECT_THAT(machine_problems("[chiller a]\nrunning = lv\nalarm = lv\n"),
              HasSubstr("did you mean 'alarms'?"));
  EXPECT_THAT(machine_problems("[chiller m1]\nrunning = lv\n" + kPower), HasSubstr("same name"));
}

TEST(MachineKeys, LevelsHaveTheUnitOfTheVoltage) {
  const auto levels = [](const std::string& keys) {
    return machine_problems("[module_power a]\nlow_output = lv\nhigh_output = hv\n" + keys);
  };
  EXPECT_THAT(levels("low_voltage = lv_volts\n"), HasSubstr("lacks 'low_off'"));
  EXPECT_THAT(levels("low_voltage = lv_volts\nlow_off = 1 A\n"), HasSubstr("such as '5 V'"));
  EXPECT_THAT(levels("low_voltage = lv_volts\nlow_off = -1 V\n"), HasSubstr("a value from 0"));
  EXPECT_THAT(levels("low_voltage = lv_volts\nlow_off = nan V\n"), HasSubstr("low_off"));
  EXPECT_THAT(levels("low_voltage = lv_volts\nlow_off = 5 V\nlow_on = 4 V\n"),
              HasSubstr("at least 'low_off'"));
  EXPECT_THAT(levels("high_off = 5 V\n"), HasSubstr("without 'high_voltage'"));
  EXPECT_THAT(levels("ramp_within = 5\n"), HasSubstr("a duration"));
  EXPECT_THAT(levels(""), IsEmpty());
}

TEST(MachineKeys, NoInterlockTakesTheLowVoltageFromUnderTheHighOne) {
  const std::string interlock =
      "[interlock cold]\nchannels = bath\naction = set\n"
      "invalid_after = 30 s\nset = lv off";

  EXPECT_THAT(machine_problems(kPower + interlock + "\n"), HasSubstr("add 'hv off'"));
  EXPECT_THAT(machine_problems(kPower + interlock + ", hv off\n"), IsEmpty());
}

}  // namespace
}  // namespace fat
