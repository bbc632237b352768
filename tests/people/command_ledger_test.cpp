// Commands of strangers -> orders and answers.
#include "people/command_ledger.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "fakes/manual_clock.hpp"

namespace fat {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto kBiasTopic = "fat/bench/supply/bias/set";

TelemetryEntry broker_entry() {
  return {.name = "broker",
          .kind = TelemetryKind::Mqtt,
          .server = "mqtt://127.0.0.1",
          .user = "bench",
          .commands = true,
          .site = "bench"};
}

ChannelEntry channel_of_supply(const std::string& name, const std::string& unit, double high) {
  ChannelEntry channel;
  channel.name = name;
  channel.instrument = "supply";
  channel.unit = unit;
  channel.settable = SettingRange{.low = 0, .high = high};
  return channel;
}

class Commands : public testing::Test {
 protected:
  MqttHeard hear_message(const MqttMessage& message) { return ledger_.hear(message, clock_.now()); }

  MqttHeard hear(const std::string& payload) {
    return hear_message({.topic = kBiasTopic, .payload = payload});
  }

  /// What the only answer says; nothing was ordered.
  static std::string refused(const MqttHeard& heard) {
    EXPECT_THAT(heard.orders, IsEmpty());
    if (heard.posts.size() != 1) {
      ADD_FAILURE() << heard.posts.size() << " answers";
      return {};
    }
    const auto answer = nlohmann::json::parse(heard.posts.front().payload);
    EXPECT_FALSE(answer.at("accepted").get<bool>());
    EXPECT_FALSE(answer.contains("value"));
    return answer.at("text").get<std::string>();
  }

  ManualClock clock_;
  CommandLedger ledger_{broker_entry(),
                        {channel_of_supply("bias", "V", 32), channel_of_supply("heat", "", 1)}};
};

TEST_F(Commands, StandOnATopicOfEachChannel) {
  EXPECT_THAT(ledger_.topics(), ElementsAre(kBiasTopic, "fat/bench/supply/heat/set"));
}

TEST_F(Commands, AreOrderedAndAnsweredOnceWithWhatWasReadBack) {
  const auto heard = hear(R"({"id":"a1","value":2.5,"lease":17,"who":"anna"})");

  ASSERT_THAT(heard.orders, SizeIs(1));
  EXPECT_THAT(heard.posts, IsEmpty());
  const auto& order = heard.orders.front();
  EXPECT_EQ(order.channel, "bias");
  EXPECT_EQ(order.value, 2.5);
  EXPECT_EQ(order.lease, 17U);
  EXPECT_EQ(order.who, "anna over MQTT (telemetry broker as bench)");
  EXPECT_THAT(
      ledger_.finished(order.ticket, "", clock_.now()),
      ElementsAre(MqttPost{
          .topic = "fat/bench/$reply",
          .payload = R"({"id":"a1","accepted":true,"channel":"bias","value":2.5,"unit":"V",)"
                     R"("text":"bias reads back 2.5 V"})",
          .correlation = {}}));
  EXPECT_THAT(ledger_.finished(order.ticket, "", clock_.now()), IsEmpty());
}

TEST_F(Commands, AreAnsweredWhereTheClientListens) {
  auto heard = hear_message({.topic = kBiasTopic,
                             .payload = R"({"id":1,"value":"3 V","lease":17})",
                             .response_topic = "anna/answers",
                             .correlation = std::string{"\0\x01", 2}});

  ASSERT_THAT(heard.orders, SizeIs(1));
  const auto posts = ledger_.finished(heard.orders[0].ticket, "supply is mute", clock_.now());
  ASSERT_THAT(posts, SizeIs(1));
  EXPECT_EQ(posts[0].topic, "anna/answers");
  EXPECT_EQ(posts[0].correlation, (std::string{"\0\x01", 2}));
  EXPECT_EQ(posts[0].payload,
            R"({"id":"1","accepted":false,"channel":"bias","text":"supply is mute"})");
  heard = hear(R"({"id":2,"value":9000,"lease":17,"reply_to":"ben/answers"})");
  EXPECT_THAT(refused(heard), HasSubstr("from 0 to 32 V"));
  EXPECT_EQ(heard.posts.at(0).topic, "ben/answers");
}

TEST_F(Commands, NeedALeaseAnIdAndAValueThatFits) {
  EXPECT_THAT(refused(hear(R"({"id":1,"value":2})")),
              HasSubstr("`fatmaster lease take supply --purpose TEXT`"));
  EXPECT_THAT(refused(hear(R"({"id":2,"value":2,"lease":0})")), HasSubstr("needs the number"));
  EXPECT_THAT(refused(hear(R"({"id":3,"value":2,"lease":1.5})")), HasSubstr("needs the number"));
  EXPECT_THAT(refused(hear(R"({"value":2,"lease":1})")), HasSubstr("has an 'id'"));
  EXPECT_THAT(refused(hear(R"({"id":4,"lease":1})")), HasSubstr("has a 'value'"));
  EXPECT_THAT(refused(hear(R"({"id":5,"value":33,"lease":1})")), HasSubstr("from 0 to 32 V"));
  EXPECT_THAT(refused(hear(R"({"id":6,"value":true,"lease":1})")), HasSubstr("a value in V"));
  EXPECT_THAT(refused(hear(R"({"id":7,"value":2,"laese":1})")), HasSubstr("no 'laese'"));
  EXPECT_THAT(hear_message({.topic = "fat/bench/supply/heat/set",
                            .payload = R"({"id":8,"value":true,"lease":1})"})
                  .orders,
              SizeIs(1));
}

TEST_F(Commands, ThatTheBrokerKeepsAreNeverCarriedOut) {
  EXPECT_THAT(refused(hear_message({.topic = kBiasTopic,
                                    .payload = R"({"id":"a1","value":2.5,"lease":17})",
                                    .retained = true})),
              HasSubstr("publish it without 'retain'"));
  EXPECT_THAT(hear_message({.topic = kBiasTopic, .payload = {}, .retained = true}).posts, IsEmpty())
      << "somebody takes it back";
  EXPECT_THAT(hear(R"({"id":"a1","value":2.5,"lease":17})").orders, SizeIs(1));
}

TEST_F(Commands, ThatComeTwiceActOnce) {
  const std::string command = R"({"id":"a1","value":2.5,"lease":17})";
  const auto first = hear(command);
  const auto second = hear(command);
  EXPECT_THAT(second.orders, IsEmpty());
  EXPECT_THAT(second.posts, IsEmpty()) << "the first one's answer is its answer";
  const auto answer = ledger_.finished(first.orders.at(0).ticket, "", clock_.now());

  const auto third = hear(command);

  EXPECT_THAT(third.orders, IsEmpty());
  EXPECT_EQ(third.posts, answer);
  EXPECT_THAT(refused(hear(R"({"id":"a1","value":3,"lease":17})")),
              HasSubstr("was another command's"));
}

TEST_F(Commands, ThatWereRefusedAreNotDoneWhenTheyComeAgain) {
  const std::string command = R"({"id":"a1","value":2.5,"lease":17})";
  const auto first = hear(command);
  ledger_.finished(first.orders.at(0).ticket, "supply is leased to ben", clock_.now());

  EXPECT_THAT(refused(hear(command)), HasSubstr("leased to ben"));
}

TEST_F(Commands, ThatAreGarbageAreAnsweredSo) {
  const std::string deep = std::string(2000, '[') + std::string(2000, ']');
  for (const std::string& payload : {std::string{},
                                     std::string{"on"},
                                     std::string{"[]"},
                                     std::string{"{"},
                                     std::string{"\xff\xfe\0", 3},
                                     deep,
                                     R"({"id":)" + deep + "}",
                                     std::string(5000, ' ') + "{}",
                                     std::string{R"({"id":1,"value":NaN,"lease":1})"},
                                     std::string{R"({"id":1,"value":1e999,"lease":1})"}}) {
    EXPECT_THAT(refused(hear(payload)), HasSubstr("a command is a short JSON object"))
        << payload.substr(0, 40);
  }
  EXPECT_THAT(refused(hear(R"({"id":[1],"value":1,"lease":1})")), HasSubstr("has an 'id'"));
  EXPECT_THAT(refused(hear(R"({"id":"\n","value":1,"lease":1})")), HasSubstr("has an 'id'"));
  EXPECT_THAT(refused(hear(R"({"id":1,"value":{},"lease":1})")), HasSubstr("is a number, 'on'"));
  EXPECT_THAT(refused(hear(R"({"id":1,"value":1,"lease":-1})")), HasSubstr("needs the number"));
  EXPECT_THAT(hear_message({.topic = "fat/bench/supply/other/set", .payload = "{}"}).posts,
              IsEmpty());
}

TEST_F(Commands, NeverMakeTheStationSpeakOnATopicOfItsOwn) {
  for (const char* topic :
       {"fat/bench/supply/bias", "fat/bench/supply/bias/set", "$SYS/x", "a/#", "+", "a\nb"}) {
    const auto heard = hear_message({.topic = kBiasTopic,
                                     .payload = R"({"id":1,"value":2,"lease":17})",
                                     .response_topic = topic});
    EXPECT_THAT(refused(heard), HasSubstr("is no topic for an answer")) << topic;
    EXPECT_EQ(heard.posts.at(0).topic, "fat/bench/$reply");
  }
  EXPECT_THAT(refused(hear_message({.topic = kBiasTopic,
                                    .payload = R"({"id":1,"value":2,"lease":17})",
                                    .correlation = std::string(2000, 'x')})),
              HasSubstr("at most 1024 bytes"));
}

TEST_F(Commands, ThatComeTooFastAreRefused) {
  const auto command = [](int id) { return fmt::format(R"({{"id":{},"value":1,"lease":1}})", id); };
  int id = 0;
  while (id < CommandRate::kMostAtOnce) {
    ASSERT_THAT(hear(command(++id)).orders, SizeIs(1));
  }
  EXPECT_THAT(refused(hear(command(++id))), HasSubstr("faster than 10 in a second"));
  clock_.advance(std::chrono::milliseconds{100});
  EXPECT_THAT(hear(command(id)).orders, SizeIs(1)) << "a refusal for haste is not remembered";
  EXPECT_THAT(refused(hear(command(++id))), HasSubstr("faster"));
}

TEST_F(Commands, ThatAreNeverConfirmedAreAnsweredSo) {
  const auto first = hear(R"({"id":1,"value":1,"lease":1})");
  clock_.advance(std::chrono::seconds{59});
  EXPECT_THAT(ledger_.look(clock_.now()), IsEmpty());
  clock_.advance(std::chrono::seconds{1});

  const auto posts = ledger_.look(clock_.now());

  ASSERT_THAT(posts, SizeIs(1));
  EXPECT_THAT(posts[0].payload, HasSubstr("nobody knows what became of it"));
  EXPECT_THAT(ledger_.finished(first.orders.at(0).ticket, "", clock_.now()), IsEmpty());
}

TEST_F(Commands, ForgetTheOldestIds) {
  for (std::size_t id = 0; id <= CommandLedger::kMostIds; ++id) {
    clock_.advance(std::chrono::seconds{1});
    const auto heard = hear(fmt::format(R"({{"id":{},"value":1,"lease":1}})", id));
    ASSERT_THAT(heard.orders, SizeIs(1));
    ledger_.finished(heard.orders[0].ticket, "", clock_.now());
  }
  EXPECT_THAT(hear(R"({"id":1,"value":1,"lease":1})").orders, IsEmpty());
  EXPECT_THAT(hear(R"({"id":0,"value":1,"lease":1})").orders, SizeIs(1));
}

}  // namespace
}  // namespace fat
