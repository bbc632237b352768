// The peripheral check is able to fail, device by device.
#include "tasks/task_bench.hpp"

namespace fat {
namespace {

using ::testing::HasSubstr;

class CheckPeripherals : public TaskOnFakePmts {
 protected:
  CheckPeripherals() {
    instruments_.box = [] {
      return std::vector<ThermometerReading>{{1, 20.5, 4}, {2, 20, 4}, {3, 21, 4}, {4, 20.1, 4}};
    };
  }
};

TEST_F(CheckPeripherals, SaysWhatEachDeviceSaid) {
  instruments_.wheels = {{"wheel0", 6}, {"wheel1", 2}};

  EXPECT_EQ(perform("check_peripherals"), TaskExit::Done);

  EXPECT_THAT(messages(), HasSubstr("wheel0: moved to 1 and back to 6"));
  EXPECT_THAT(messages(), HasSubstr("thermometer: 1: 20.5 degC, 2: 20.0 degC"));
  EXPECT_THAT(messages(), HasSubstr("4 of 4 devices are good"));
  EXPECT_EQ(instruments_.wheels.at("wheel1"), 2);
}

TEST_F(CheckPeripherals, FindsAJammedWheel) {
  instruments_.wheels = {{"wheel0", 1}, {"wheel1", 1}};
  instruments_.jammed = true;

  EXPECT_EQ(perform("check_peripherals"), TaskExit::Errored);

  EXPECT_THAT(messages(), HasSubstr("wheel1: was sent to position 2 and is at 1"));
  EXPECT_THAT(messages(), HasSubstr("2 of 4 devices are good"));
}

TEST_F(CheckPeripherals, FindsASilentChannelAndAGeneratorThatDoesNotAnswer) {
  instruments_.generator_fault = DeviceFault::Timeout;
  instruments_.box = [] { return std::vector<ThermometerReading>{{1, 20.5, 4}, {2, 20, 4}}; };

  EXPECT_EQ(perform("check_peripherals", {{"wheels", "none"}}), TaskExit::Errored);

  EXPECT_THAT(messages(), HasSubstr("generator: does not answer"));
  EXPECT_THAT(messages(), HasSubstr("thermometer: channel 3 is silent"));
  EXPECT_THAT(messages(), HasSubstr("0 of 2 devices are good"));
}

TEST_F(CheckPeripherals, FailsForADeviceThatStationIniDoesNotDeclare) {
  EXPECT_EQ(perform("check_peripherals",
                    {{"generators", "none"},
                     {"wheels", "none"},
                     {"thermometers", "none"},
                     {"supplies", "heater"}}),
            TaskExit::Errored);

  EXPECT_THAT(messages(), HasSubstr("heater: is not declared"));
}

TEST_F(CheckPeripherals, AsksSuppliesAndHumiditySensorsToo) {
  instruments_.heater = "heater";
  instruments_.hygrometer = "usbrh";
  const std::map<std::string, std::string> two{{"generators", "none"},
                                               {"wheels", "none"},
                                               {"thermometers", "none"},
                                               {"humidity", "usbrh"},
                                               {"supplies", "heater"}};

  EXPECT_EQ(perform("check_peripherals", two), TaskExit::Done);
  EXPECT_THAT(messages(), HasSubstr("usbrh: 42.0 %"));
  EXPECT_THAT(messages(), HasSubstr("heater: fake, channel 1: 12.00 V, 1.500 A"));
  EXPECT_TRUE(instruments_.supply_is_free);  // people can use its panel

  for (const double percent : {-1.0, 101.0, std::nan("")}) {
    instruments_.percent = percent;
    EXPECT_EQ(perform("check_peripherals", two), TaskExit::Errored) << percent;
  }
  EXPECT_THAT(messages(), HasSubstr("usbrh: says -1 %"));
}

}  // namespace
}  // namespace fat
