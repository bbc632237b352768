// Readings as MQTT records.
#include "people/mqtt_record.hpp"

#include <gtest/gtest.h>

namespace fat {
namespace {

const TelemetryChannel kSupplyVoltage{.name = "heater_1",
                                      .unit = "V",
                                      .kind = "rigol_dp900",
                                      .device = "rigol1",
                                      .quantity = "voltage"};

Reading shown_at(std::chrono::milliseconds when, std::optional<double> value) {
  return {.at = {.wall = WallTime{when}, .boot = {}, .boot_id = {}},
          .value = value,
          .state = value ? ReadingState::Ok : ReadingState::Stale,
          .why = {}};
}

TEST(MqttRecord, SaysWhatWasReadWhereAndWhen) {
  EXPECT_EQ(
      mqtt_record(kSupplyVoltage, shown_at(std::chrono::milliseconds{1795199032900}, 32)),
      R"({"t":1795199032.9,"device":"rigol1","channel":"heater_1","unit":"V","voltage":32.0,"q":"ok"})");
}

TEST(MqttRecord, HasNoValueOfASensorThatFailed) {
  EXPECT_EQ(mqtt_record(kSupplyVoltage, shown_at(std::chrono::milliseconds{1000}, std::nullopt)),
            R"({"t":1.0,"device":"rigol1","channel":"heater_1","unit":"V","q":"failed"})");
}

TEST(MqttRecord, StandsOnATopicOfItsOwn) {
  EXPECT_EQ(mqtt_topic("fat", "North Hall", kSupplyVoltage), "fat/North_Hall/rigol1/heater_1");
  auto hostile = kSupplyVoltage;
  hostile.device = "a/+/#\n$b";
  EXPECT_EQ(mqtt_topic("", "$SYS", hostile), "_/_SYS/a______b/heater_1");
  EXPECT_EQ(mqtt_station_topic("fat", "n", "$state"), "fat/n/$state");
}

TEST(MqttRecord, SaysWhichChannelsThereAre) {
  EXPECT_EQ(mqtt_description({kSupplyVoltage}),
            R"({"version":1,"channels":{"heater_1":{"device":"rigol1","kind":"rigol_dp900",)"
            R"("quantity":"voltage","unit":"V"}}})");
}

}  // namespace
}  // namespace fat
