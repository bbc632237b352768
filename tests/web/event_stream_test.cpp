#include <optional>
#include <thread>

#include <gmock/gmock.h>

#include "web/event_hub.hpp"
#include "web/test_server.hpp"

namespace fat {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// A client that has heard hello.
WebClient listener(const TestServer& server,
                   const std::string& target = "/api/v1/events",
                   const std::string& fields = {}) {
  auto client = server.client();
  client.request("GET", target, fields);
  client.read_until("event: hello\n");
  return client;
}

TEST(EventText, KeepsEveryLineOfTheDataWithinIt) {
  const StreamEvent event{.name = "status\nevent: forged",
                          .id = "7\nid: 9",
                          .data = std::make_shared<const std::string>("one\nevent: two\r\rthree")};

  EXPECT_EQ(*event_text(event),
            "event: status\nid: 7\ndata: one\ndata: event: two\ndata: \ndata: three\n\n");
}

TEST(EventText, HasDataEvenWhenThereIsNone) {
  EXPECT_EQ(*event_text({.name = "reload", .id = {}, .data = nullptr}),
            "event: reload\ndata: {}\n\n");
}

/// A hub whose rests end when the test says so.
class RestingHub : public testing::Test {
 protected:
  void publish(std::uint64_t first, std::uint64_t last) {
    for (auto id = first; id <= last; ++id) {
      hub.publish({to_published(journal_event(id))});
    }
  }

  static std::string journal_text(std::uint64_t first, std::uint64_t last) {
    std::string text;
    for (auto id = first; id <= last; ++id) {
      text += *event_text(journal_event(id));
    }
    return text;
  }

  /// Each text that would be written.
  static std::vector<std::string> heard(Listener& listener) {
    std::vector<std::string> texts;
    for (const auto& text : listener.take(100)) {
      texts.push_back(*text);
    }
    return texts;
  }

  int rests = 0, wakes = 0;
  EventHub hub{10'000, [this] { ++rests; }};
  Listener listener{hub, std::nullopt, [this] { ++wakes; }};
};

TEST_F(RestingHub, SendsAtOnceWhatComesAfterAQuietTime) {
  publish(1, 1);
  EXPECT_THAT(heard(listener), ElementsAre(journal_text(1, 1)));

  hub.rested();
  publish(2, 2);

  EXPECT_THAT(heard(listener), ElementsAre(journal_text(2, 2)));
  EXPECT_EQ(rests, 2);
}

TEST_F(RestingHub, SendsTogetherWhatCameWhileItRested) {
  publish(1, 50);
  EXPECT_THAT(heard(listener), ElementsAre(journal_text(1, 1)));
  EXPECT_EQ(wakes, 1);

  hub.rested();

  EXPECT_THAT(heard(listener), ElementsAre(journal_text(2, 50)));
  EXPECT_EQ(wakes, 2);
  EXPECT_EQ(rests, 2);
}

TEST_F(RestingHub, RestsNoMoreWhenNothingCame) {
  publish(1, 1);
  hub.rested();

  EXPECT_EQ(rests, 1);
  EXPECT_EQ(wakes, 1);
}

TEST_F(RestingHub, SendsTogetherWhatIsPublishedTogether) {
  hub.publish({to_published(journal_event(1)), to_published(plain_event("status", "{}"))});

  EXPECT_THAT(heard(listener),
              ElementsAre(journal_text(1, 1) + *event_text(plain_event("status", "{}"))));
}

TEST_F(RestingHub, HasOneTextForAllListeners) {
  Listener other{hub, std::nullopt, [] {}};
  publish(1, 3);
  hub.rested();

  const auto one = listener.take(100), two = other.take(100);

  ASSERT_EQ(one.size(), 2U);
  ASSERT_EQ(two.size(), 2U);
  EXPECT_EQ(one[1].get(), two[1].get());
}

TEST_F(RestingHub, SendsNothingThatWasSentInAnotherWay) {
  publish(1, 5);
  hub.rested();

  listener.sent_up_to(3);

  EXPECT_THAT(heard(listener), ElementsAre(journal_text(4, 5)));
  publish(5, 6);
  hub.rested();
  EXPECT_THAT(heard(listener), ElementsAre(journal_text(6, 6)));
}

TEST_F(RestingHub, TellsWhoComesInARestOnlyWhatComesAfterThem) {
  publish(1, 2);
  Listener late{hub, std::nullopt, [] {}};
  publish(3, 3);
  hub.rested();

  EXPECT_THAT(heard(late), ElementsAre(journal_text(3, 3)));
  EXPECT_THAT(heard(listener),
              ElementsAre(journal_text(1, 1), journal_text(2, 2), journal_text(3, 3)));
}

TEST_F(RestingHub, DoesNotRestWithMuchInItsHands) {
  const auto large = plain_event("status", std::string(3000, 'x'));
  publish(1, 2);

  hub.publish({to_published(large)});

  EXPECT_THAT(heard(listener),
              ElementsAre(journal_text(1, 1), journal_text(2, 2) + *event_text(large)));
}

TEST_F(RestingHub, LetsGoWhoeverDoesNotRead) {
  const auto large = to_published(plain_event("status", std::string(3000, 'x')));
  hub.publish({large});
  hub.publish({large});
  hub.publish({large});
  EXPECT_FALSE(listener.over());

  hub.publish({large});

  EXPECT_TRUE(listener.over());
  EXPECT_THAT(heard(listener), ElementsAre());
}

TEST_F(RestingHub, DoesNotRestForNobody) {
  EventHub silent{1000, [this] { ++rests; }};

  silent.publish({to_published(journal_event(1))});

  EXPECT_EQ(rests, 0);
}

TEST_F(RestingHub, TellsOfEachRunWhoListensToIt) {
  Listener older{hub, 1, [] {}};
  hub.learn(1);
  publish(1, 1);

  hub.publish({to_published(journal_event(2)),
               to_published(plain_event("run", R"({"run":2})")),
               to_published(journal_event(3)),
               to_published(plain_event("scheduler", "{}"))});
  hub.rested();

  EXPECT_THAT(heard(older),
              ElementsAre(journal_text(1, 1),
                          journal_text(2, 2) + *event_text(plain_event("run", R"({"run":2})")) +
                              *event_text(plain_event("scheduler", "{}"))));
}

TEST_F(RestingHub, WakesNobodyForAnotherRun) {
  int woken = 0;
  const Listener older{hub, 1, [&woken] { ++woken; }};
  hub.learn(2);

  publish(1, 1);

  EXPECT_EQ(woken, 0);
  EXPECT_EQ(wakes, 1);
}

/// How many of the events that came before the hub knew its run a listener of run 1 hears.
std::size_t heard_of_run_1(std::uint64_t newest) {
  EventHub hub{1000, [] {}};
  Listener listener{hub, 1, [] {}};
  hub.publish({to_published(journal_event(1))});
  hub.learn(newest);
  return listener.take(10).size();
}

TEST(EventHub, KeepsWhatComesBeforeItIsKnownWhichRunItIsOf) {
  EXPECT_EQ(heard_of_run_1(1), 1U);
  EXPECT_EQ(heard_of_run_1(2), 0U);
}

TEST(EventStream, BeginsWithHelloAndTheNewestId) {
  TestServer server;
  server.source.reaches(41);
  auto client = server.client();

  client.request("GET", "/api/v1/events?run=newest");

  const auto reply = client.reply();
  EXPECT_EQ(reply.fields.at("Content-Type"), "text/event-stream");
  EXPECT_EQ(reply.fields.at("Cache-Control"), "no-store");
  EXPECT_EQ(client.read_until("\n\n"), "event: hello\nid: 41\ndata: {\"run\":1}\n\n");
}

TEST(EventStream, TellsWhatIsPublishedToEveryListener) {
  TestServer server;
  auto one = listener(server), two = listener(server);

  server.server.publish(journal_event(1));
  server.server.publish(plain_event("status", R"({"run":1})"));

  for (auto* const client : {&one, &two}) {
    EXPECT_THAT(client->read_until("event: status\ndata: {\"run\":1}\n\n"),
                HasSubstr("event: journal\nid: 1\ndata: {\"id\":1}\n\n"));
  }
}

TEST(EventStream, TellsAllThatIsPublishedTogetherInItsOrder) {
  constexpr std::uint64_t last = 20'000;  // more than is handed on at once
  TestServer server;
  auto client = listener(server);
  std::vector<StreamEvent> events;
  for (std::uint64_t id = 1; id <= last; ++id) {
    events.push_back(journal_event(id));
  }

  server.server.publish_all(std::move(events));

  client.read_until("data: {\"run\":1}\n\n");
  for (std::uint64_t id = 1; id <= last; ++id) {
    ASSERT_EQ(client.read_until("\n\n"), *event_text(journal_event(id)));
  }
}

TEST(EventStream, GoesOnBehindTheEventThatWasHeardLast) {
  TestServer server;
  server.source.reaches(5);

  auto by_header = listener(server, "/api/v1/events?after=1", "Last-Event-ID: 3\r\n");
  auto by_query = listener(server, "/api/v1/events?after=3");

  for (auto* const client : {&by_header, &by_query}) {
    const auto heard = client->read_until("data: {\"id\":5}\n\n");
    EXPECT_THAT(heard, HasSubstr("id: 3\n"));
    EXPECT_THAT(heard, HasSubstr("data: {\"id\":4}"));
    EXPECT_THAT(heard, Not(HasSubstr("data: {\"id\":3}")));
  }
}

TEST(EventStream, SaysReloadWhenTheGapIsTooLarge) {
  TestServer server;
  server.source.reaches(90'000, 80'000);

  auto client = listener(server, "/api/v1/events?after=7");

  EXPECT_THAT(client.read_until("event: reload\n"), HasSubstr("id: 7\n"));
}

TEST(EventStream, RefusesAnIdThatIsNone) {
  const TestServer server;

  EXPECT_EQ(server.get("/api/v1/events?after=x").status, 400);
  EXPECT_EQ(server.get("/api/v1/events?run=-1").status, 400);
  EXPECT_EQ(server.get("/api/v1/events", "Last-Event-ID: 1; 2\r\n").status, 400);
}

/// What is published while the journal is asked stands in the journal, too.
TEST(EventStream, HasNoGapAndNothingTwiceWhileEventsComeFromAllSides) {
  constexpr std::uint64_t last = 3000;
  TestServer server;
  const std::jthread publisher{[&server] {
    for (std::uint64_t id = 1; id <= last; ++id) {
      server.source.reaches(id);
      server.server.publish(journal_event(id));
    }
  }};

  for (std::uint64_t i = 0; i < 20; ++i) {
    auto client = listener(server, "/api/v1/events?after=0");
    client.read_until("data: {\"run\":1}\n\n");
    const auto most = std::min<std::uint64_t>(last, 150 * (i + 1));
    for (std::uint64_t id = 1; id <= most; ++id) {
      ASSERT_EQ(client.read_until("\n\n"), *event_text(journal_event(id)));
    }
  }
}

TEST(EventStream, TellsWhoFollowsAnOlderRunNothingOfTheNewest) {
  TestServer server;
  server.source.is_at_run(2);
  auto client = listener(server, "/api/v1/events?run=1");

  server.server.publish(journal_event(7));
  server.server.publish(plain_event("status", R"({"run":2})"));
  server.server.publish(plain_event("run", R"({"run":3})"));

  EXPECT_EQ(client.read_until("data: {\"run\":3}\n\n"),
            "id: 0\ndata: {\"run\":2}\n\nevent: run\ndata: {\"run\":3}\n\n");
}

TEST(EventStream, StopsTellingOfARunWhenANewerOneBegins) {
  TestServer server;
  auto client = listener(server, "/api/v1/events?run=1");

  server.server.publish(journal_event(1));
  server.server.publish(plain_event("run", R"({"run":2})"));
  server.server.publish(journal_event(2));
  server.server.publish(plain_event("scheduler", R"({"alive":false})"));

  const auto heard = client.read_until("event: scheduler\n");
  EXPECT_THAT(heard, HasSubstr("data: {\"id\":1}"));
  EXPECT_THAT(heard, Not(HasSubstr("data: {\"id\":2}")));
}

TEST(EventStream, SaysThatItIsAlive) {
  const TestServer server{{.limits = {.beat = std::chrono::milliseconds{10}}}};
  auto client = listener(server);

  client.read_until("event: alive\ndata: {\"now\":\"2026-11-21T00:00:00.000000Z\"}\n\n");
  client.read_until("event: alive\n");
}

TEST(EventStream, SaysWhenTheJournalCannotBeRead) {
  TestServer server;
  server.source.breaks();

  EXPECT_EQ(server.get("/api/v1/events").status, 500);
}

TEST(EventStream, DropsAListenerThatDoesNotReadAndKeepsTheOthers) {
  TestServer server{{.limits = {.backlog_bytes = 1000 * 1000UL}}};
  auto lazy = listener(server);
  auto eager = listener(server);
  const auto large =
      plain_event("status", std::string(100'000, 'x'));  // ten of them, and what the kernel keeps

  for (int i = 0; i < 200; ++i) {
    server.server.publish(large);
    eager.read_until("xx\n\n");
  }

  EXPECT_THAT(lazy.read_to_end().size(), testing::Lt(200U * 100'000U));
  server.server.publish(journal_event(1));
  eager.read_until("id: 1\n");
}

TEST(EventStream, RefusesMoreListenersThanItCanKeep) {
  const TestServer server{{.limits = {.listeners = 2}}};
  auto one = listener(server), two = listener(server);

  const auto three = server.get("/api/v1/events");

  EXPECT_EQ(three.status, 503);
}

TEST(EventStream, ServesTwoHundred) {
  TestServer server;
  std::vector<WebClient> clients;
  clients.reserve(200);
  for (int i = 0; i < 200; ++i) {
    clients.push_back(listener(server));
  }

  for (std::uint64_t id = 1; id <= 50; ++id) {
    server.server.publish(journal_event(id));
  }

  for (auto& client : clients) {
    client.read_until("id: 50\n");
  }
}

}  // namespace
}  // namespace fat
