// Topics of tracker_dcs: what its pages read and command.
#include "people/mqtt_legacy.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "fakes/manual_clock.hpp"

namespace fat {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

ChannelEntry legacy_channel(const std::string& name, const std::string& unit, double dead_band) {
  ChannelEntry channel;
  channel.name = name;
  channel.unit = unit;
  channel.dead_band = dead_band;
  channel.settable = SettingRange{.low = -95, .high = 300};
  return channel;
}

ChannelEntry legacy_switch(const std::string& name) {
  auto channel = legacy_channel(name, "", 0);
  channel.settable = SettingRange{.low = 0, .high = 1};
  return channel;
}

const MqttTopicEntry kModuleOne{.name = "one",
                                .topic = "dcs/channels",
                                .constants = {{"id", 1LL}, {"module", std::string{"M1"}}},
                                .values = {{"lv_status", "lv_1"}, {"lv_vMon", "lv_1_voltage"}}};

class TrackerTopics : public testing::Test {
 protected:
  LegacyTopics made(std::vector<MqttTopicEntry> topics,
                    std::vector<MqttCommandEntry> commands = {}) {
    return LegacyTopics{{.telemetry = "broker",
                         .topics = std::move(topics),
                         .commands = std::move(commands),
                         .channels = {legacy_switch("lv_1"),
                                      legacy_switch("lv_2"),
                                      legacy_channel("lv_1_voltage", "V", 0.01),
                                      legacy_channel("chiller", "degC", 0)},
                         .answers = "fat/bench/$reply",
                         .reading = [this](const std::string& name) { return shown(name); },
                         .state = [this](const std::string& name) { return states_[name]; },
                         .say = [this](const std::string& text) { said_.push_back(text); }}};
  }

  Reading shown(const std::string& name) const {
    const auto value = values_.find(name);
    return value == values_.end()
               ? Reading{}
               : Reading{.value = value->second, .state = ReadingState::Ok, .why = {}};
  }

  std::vector<std::string> look(LegacyTopics& topics) {
    std::vector<std::string> payloads;
    for (const auto& post : topics.look(clock_.now())) {
      EXPECT_EQ(post.care, MqttPost::Care::Once);
      payloads.push_back(post.topic + " " + post.payload);
    }
    return payloads;
  }

  ManualClock clock_;
  std::map<std::string, double> values_{{"lv_1", 1}, {"lv_2", 0}, {"lv_1_voltage", 10.5}};
  std::map<std::string, std::string> states_{{"m1", "LV_ON"}};
  std::vector<std::string> said_;
};

TEST_F(TrackerTopics, AreFlatJsonWithWholeNumbersForSwitches) {
  auto topics = made({kModuleOne});

  EXPECT_THAT(look(topics),
              ElementsAre(R"(dcs/channels {"id":1,"module":"M1","lv_status":1,"lv_vMon":10.5})"));
}

TEST_F(TrackerTopics, ComeOnChangeBeyondTheDeadBand) {
  auto topics = made({kModuleOne});
  look(topics);
  values_["lv_1_voltage"] = 10.505;
  EXPECT_THAT(look(topics), IsEmpty());
  values_["lv_1_voltage"] = 10.52;
  EXPECT_THAT(look(topics), ElementsAre(HasSubstr("10.52")));
  values_.erase("lv_1_voltage");
  EXPECT_THAT(look(topics), ElementsAre(HasSubstr(R"("lv_vMon":null)")))
      << "what is not known is no number";
  EXPECT_THAT(look(topics), IsEmpty());
}

TEST_F(TrackerTopics, SayTheStateOfAMachine) {
  auto topics = made({{.name = "status", .topic = "dcs/status", .states = {{"fsm_state", "m1"}}}});
  EXPECT_THAT(look(topics), ElementsAre(R"(dcs/status {"fsm_state":"LV_ON"})"));
  EXPECT_THAT(look(topics), IsEmpty());
  states_["m1"] = "HV_RAMP";
  EXPECT_THAT(look(topics), ElementsAre(R"(dcs/status {"fsm_state":"HV_RAMP"})"));
}

TEST_F(TrackerTopics, ComeAgainAndAgainWhereTheyDidSo) {
  auto status = kModuleOne;
  status.every = std::chrono::seconds{5};
  auto topics = made({status});
  EXPECT_THAT(look(topics), SizeIs(1));
  values_["lv_1"] = 0;
  clock_.advance(std::chrono::seconds{4});
  EXPECT_THAT(look(topics), IsEmpty());
  clock_.advance(std::chrono::seconds{1});
  EXPECT_THAT(look(topics), ElementsAre(HasSubstr(R"("lv_status":0)")));
}

TEST_F(TrackerTopics, HoldOnlyWhatChangedWherePlantsDoSo) {
  auto status = kModuleOne;
  status.constants = {};
  status.changed_only = true;
  auto topics = made({status});
  EXPECT_THAT(look(topics), ElementsAre(HasSubstr(R"({"lv_status":1,"lv_vMon":10.5})")));
  values_["lv_1"] = 0;
  EXPECT_THAT(look(topics), ElementsAre(R"(dcs/channels {"lv_status":0})"));
  clock_.advance(std::chrono::minutes{10});
  EXPECT_THAT(look(topics), ElementsAre(HasSubstr(R"({"lv_status":0,"lv_vMon":10.5})")));
}

TEST_F(TrackerTopics, AreABareNumberForSensors) {
  auto topics = made({{.name = "room", .topic = "ESP01/sensors/DS/temp", .bare = "lv_1_voltage"},
                      {.name = "none", .topic = "ESP01/sensors/BME/temp", .bare = "chiller"}});

  EXPECT_THAT(look(topics), ElementsAre("ESP01/sensors/DS/temp 10.5"))
      << "a sensor that fails says nothing";
}

TEST_F(TrackerTopics, SwitchAllChannelsUnderTheLeaseThatStationIniNames) {
  auto topics = made({},
                     {{.name = "lv",
                       .topic = "dcs/cmd/switch/lv",
                       .channels = {"lv_1", "lv_2"},
                       .purpose = "node-red"}});
  EXPECT_THAT(topics.topics(), ElementsAre("dcs/cmd/switch/lv"));

  const auto heard = topics.hear({.topic = "dcs/cmd/switch/lv", .payload = "on"}, clock_.now());

  ASSERT_THAT(heard.orders, SizeIs(2));
  EXPECT_THAT(heard.posts, IsEmpty());
  EXPECT_EQ(heard.orders[0].channel, "lv_1");
  EXPECT_EQ(heard.orders[1].channel, "lv_2");
  EXPECT_EQ(heard.orders[1].value, 1);
  EXPECT_EQ(heard.orders[1].purpose, "node-red");
  EXPECT_EQ(heard.orders[1].lease, 0U);
  const auto done = topics.finished(heard.orders[0].ticket, "", clock_.now());
  ASSERT_THAT(done, SizeIs(1));
  EXPECT_EQ(done[0].topic, "fat/bench/$reply");
  EXPECT_EQ(done[0].payload,
            R"({"topic":"dcs/cmd/switch/lv","channel":"lv_1","accepted":true,)"
            R"("text":"lv_1 reads back on"})");
  EXPECT_THAT(said_, IsEmpty());
  const auto not_done = topics.finished(heard.orders[1].ticket, "leased to ben", clock_.now());
  EXPECT_THAT(not_done.at(0).payload, HasSubstr(R"("accepted":false,"text":"leased to ben")"));
  EXPECT_THAT(said_,
              ElementsAre("telemetry broker: 'dcs/cmd/switch/lv' is refused for lv_2: "
                          "leased to ben"));
}

TEST_F(TrackerTopics, AreRefusedWhereStationIniNamesNoLease) {
  auto topics = made(
      {},
      {{.name = "lv", .topic = "dcs/cmd/switch/lv", .channels = {"lv_1"}, .answers = "dcs/no"}});

  const auto heard = topics.hear({.topic = "dcs/cmd/switch/lv", .payload = "on"}, clock_.now());

  EXPECT_THAT(heard.orders, IsEmpty());
  ASSERT_THAT(heard.posts, SizeIs(1));
  EXPECT_EQ(heard.posts[0].topic, "dcs/no");
  EXPECT_THAT(heard.posts[0].payload, HasSubstr("names no 'purpose'"));
  EXPECT_THAT(said_, SizeIs(1));
}

TEST_F(TrackerTopics, UnderstandTheChillersCommands) {
  const MqttCommandEntry first{.name = "set",
                               .topic = "julabo/cmd/setWT",
                               .channels = {"chiller"},
                               .field = "temp",
                               .where = {{"setpoint", 1}},
                               .purpose = "node-red"};
  auto topics = made({},
                     {first,
                      {.name = "start",
                       .topic = "julabo/cmd/start",
                       .channels = {"lv_1"},
                       .value = "on",
                       .purpose = "node-red"}});

  const auto set = topics.hear(
      {.topic = "julabo/cmd/setWT", .payload = R"({"setpoint":1,"temp":-20.5})"}, clock_.now());
  ASSERT_THAT(set.orders, SizeIs(1));
  EXPECT_EQ(set.orders[0].value, -20.5);
  EXPECT_THAT(
      topics.hear({.topic = "julabo/cmd/start", .payload = "whatever"}, clock_.now()).orders,
      SizeIs(1));
  for (const char* payload : {R"({"setpoint":2,"temp":-20})", "[]", "", R"({"temp":-20})"}) {
    const auto heard = topics.hear({.topic = "julabo/cmd/setWT", .payload = payload}, clock_.now());
    EXPECT_THAT(heard.orders, IsEmpty()) << payload;
    EXPECT_THAT(heard.posts.at(0).payload, HasSubstr("nothing that station.ini knows")) << payload;
  }
}

TEST_F(TrackerTopics, RefuseGarbageHasteAndWhatTheBrokerKeeps) {
  auto topics = made({},
                     {{.name = "volts",
                       .topic = "dcs/cmd/setv/lv/1",
                       .channels = {"lv_1_voltage"},
                       .purpose = "node-red"}});
  const auto answer = [&](const std::string& payload, bool kept = false) {
    const auto heard = topics.hear(
        {.topic = "dcs/cmd/setv/lv/1", .payload = payload, .retained = kept}, clock_.now());
    EXPECT_THAT(heard.orders, IsEmpty()) << payload;
    clock_.advance(std::chrono::seconds{1});
    return heard.posts.at(0).payload;
  };
  EXPECT_THAT(answer("on"), HasSubstr("a value in V"));
  EXPECT_THAT(answer("nan"), HasSubstr("a value in V"));
  EXPECT_THAT(answer("1e999"), HasSubstr("a value in V"));
  EXPECT_THAT(answer("301"), HasSubstr("from -95 to 300 V"));
  EXPECT_THAT(answer(""), HasSubstr("no value"));
  EXPECT_THAT(answer(std::string(100'000, '1')), HasSubstr("no value"));
  EXPECT_THAT(answer("10", true), HasSubstr("without 'retain'"));
  std::vector<std::size_t> ordered;
  for (int number = 0; number <= CommandRate::kMostAtOnce; ++number) {
    ordered.push_back(
        topics.hear({.topic = "dcs/cmd/setv/lv/1", .payload = " 10.5\n"}, clock_.now())
            .orders.size());
  }
  EXPECT_EQ(std::ranges::count(ordered, 1U), CommandRate::kMostAtOnce);
  EXPECT_EQ(ordered.back(), 0U);
}

TEST_F(TrackerTopics, ArePublishedAnewWhenAskedFor) {
  auto topics =
      made({kModuleOne}, {{.name = "refresh", .topic = "dcs/cmd/refresh", .refresh = true}});
  look(topics);
  EXPECT_THAT(look(topics), IsEmpty());

  const auto heard = topics.hear({.topic = "dcs/cmd/refresh", .payload = {}}, clock_.now());

  EXPECT_THAT(heard.orders, IsEmpty());
  EXPECT_THAT(heard.posts, IsEmpty());
  EXPECT_THAT(look(topics), SizeIs(1));
}

}  // namespace
}  // namespace fat
