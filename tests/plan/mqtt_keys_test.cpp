// [mqtt_topic NAME] and [mqtt_command NAME] of a station file.
#include <gmock/gmock.h>

#include "fat/plan/station_file.hpp"

namespace fat {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

std::vector<QuantityInfo> supply_quantities(const DeviceEntry& /*device*/) {
  return {{.name = "output", .inputs = 2, .settable = SettingRange{.low = 0, .high = 1}},
          {.name = "voltage", .unit = "V", .inputs = 2, .settable = {}}};
}

StationFile read_mqtt(const std::string& text) {
  DeviceKind kind;
  kind.name = "supply";
  kind.quantities = supply_quantities;
  return parse_station_file(
      "[station]\nname = lab\n[device lv]\nkind = supply\n"
      "[channel lv_1]\ninstrument = lv\nquantity = output 1\n"
      "[channel lv_1_voltage]\ninstrument = lv\nquantity = voltage 1\n"
      "[telemetry broker]\nkind = mqtt\nserver = mqtt://b\n"
      "[telemetry db]\nkind = influx\nserver = http://b\ndatabase = x\n" +
          text,
      "station.ini",
      "/bench",
      {kind});
}

std::string mqtt_problems(const std::string& text) {
  std::string all;
  for (const auto& problem : read_mqtt(text).problems) {
    all += to_text(problem) + '\n';
  }
  return all;
}

TEST(MqttKeys, SayWhichChannelFeedsWhichKey) {
  const auto file = read_mqtt(
      "[mqtt_topic one]\nbroker = broker\ntopic = dcs/channels\nconstant.id = 1\n"
      "constant.module = M1\nvalue.lv_vMon = lv_1_voltage\n"
      "[mqtt_topic room]\nbroker = broker\ntopic = ESP01/sensors/DS/temp\nbare = lv_1_voltage\n"
      "every = 5 s\n");

  ASSERT_THAT(file.problems, IsEmpty());
  ASSERT_THAT(file.station.mqtt_topics, SizeIs(2));
  const auto& one = file.station.mqtt_topics[0];
  EXPECT_THAT(one.constants,
              ElementsAre(Pair("id", MqttConstant{1LL}), Pair("module", MqttConstant{"M1"})));
  EXPECT_THAT(one.values, ElementsAre(Pair("lv_vMon", "lv_1_voltage"))) << "as it is written";
  EXPECT_EQ(file.station.mqtt_topics[1].every, std::chrono::seconds{5});
}

TEST(MqttKeys, SayWhoseStateIsAKey) {
  const std::string text =
      "[chiller cold]\nrunning = lv_1\n[mqtt_topic a]\nbroker = broker\ntopic = julabo/status\n";
  const auto file = read_mqtt(text + "state.fsm_state = cold\n");
  ASSERT_THAT(file.problems, IsEmpty());
  EXPECT_THAT(file.station.mqtt_topics.at(0).states, ElementsAre(Pair("fsm_state", "cold")));
  EXPECT_THAT(mqtt_problems(text + "state.fsm_state = colt\n"), HasSubstr("did you mean 'cold'"));
}

TEST(MqttKeys, SayWhatACommandSets) {
  const auto file = read_mqtt(
      "[mqtt_command lv]\nbroker = broker\ntopic = dcs/cmd/switch/lv\nset = lv_1\n"
      "purpose = node-red\nanswers = dcs/refused\n"
      "[mqtt_command start]\nbroker = broker\ntopic = julabo/cmd/setWT\nset = lv_1\nvalue = on\n"
      "where.setpoint = 1\n"
      "[mqtt_command all]\nbroker = broker\ntopic = dcs/cmd/refresh\nrefresh = yes\n");

  ASSERT_THAT(file.problems, IsEmpty());
  ASSERT_THAT(file.station.mqtt_commands, SizeIs(3));
  EXPECT_EQ(file.station.mqtt_commands[0].purpose, "node-red");
  EXPECT_THAT(file.station.mqtt_commands[1].where, ElementsAre(Pair("setpoint", 1)));
  EXPECT_TRUE(file.station.mqtt_commands[2].refresh);
  EXPECT_THAT(file.settings, SizeIs(2)) << "the name and the kind of a device: topics are no drift";
}

TEST(MqttKeys, RefuseWhatWouldSayNothing) {
  const std::string topic = "[mqtt_topic a]\nbroker = broker\ntopic = t\n";
  EXPECT_THAT(mqtt_problems(topic), HasSubstr("needs either 'value.KEY'"));
  EXPECT_THAT(mqtt_problems(topic + "bare = lv_1\nvalue.x = lv_1\n"), HasSubstr("needs either"));
  EXPECT_THAT(mqtt_problems(topic + "bare = lv_2\n"), HasSubstr("did you mean 'lv_1'"));
  EXPECT_THAT(mqtt_problems(topic + "value.x = lv_2\n"), HasSubstr("did you mean 'lv_1'"));
  EXPECT_THAT(mqtt_problems(topic + "bare = lv_1\neverything_every = 5 s\n"),
              HasSubstr("means nothing without 'changed_only"));
  EXPECT_THAT(mqtt_problems("[mqtt_topic a]\nbroker = db\ntopic = t/#\nbare = lv_1\n"),
              AllOf(HasSubstr("no [telemetry db] of 'kind = mqtt'"), HasSubstr("without '+'")));
}

TEST(MqttKeys, RefuseWhatCouldNeverBeSet) {
  const std::string command = "[mqtt_command a]\nbroker = broker\ntopic = t\n";
  EXPECT_THAT(mqtt_problems(command), HasSubstr("needs either 'set'"));
  EXPECT_THAT(mqtt_problems(command + "set = lv_1_voltage\n"), HasSubstr("can only be read"));
  EXPECT_THAT(mqtt_problems(command + "set = lv_1\nvalue = 3 V\n"), HasSubstr("on, off or"));
  EXPECT_THAT(mqtt_problems(command + "refresh = yes\npurpose = x\n"), HasSubstr("sets nothing"));
  EXPECT_THAT(mqtt_problems(command + "set = lv_1\nwhere.x = one\n"), HasSubstr("a number"));
  EXPECT_THAT(mqtt_problems(command + "set = lv_1\nretain = yes\n"), HasSubstr("unknown key"));
}

}  // namespace
}  // namespace fat
