// What listeners hear while a journal grows.
#include "cli/station_follower.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "cli/api_station.hpp"
#include "fakes/patience.hpp"
#include "fat/store/station_lock.hpp"

namespace fat {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::SizeIs;

class Following : public testing::Test, public ApiStation {
 protected:
  static json data(const StreamEvent& event) { return json::parse(*event.data); }

  std::vector<std::string> told_ids() const {
    std::vector<std::string> ids;
    for (const auto& event : feed.heard("journal")) {
      ids.push_back(event.id);
    }
    return ids;
  }

  void look_later() {
    clock.advance(std::chrono::milliseconds{300});
    follower.look();
  }

  /// Another run of the same plan.
  void begin_run(int number) {
    auto plan = sample.plan();
    plan.run_number = number;
    RunOpened opened;
    opened.run_file = plan.run_file;
    PlanAdopted adopted;
    adopted.fingerprint = fingerprint(plan);
    const PlanRecord record{.run = number, .version = 1, .plan = plan};
    SqliteJournal journal{sample.folder() / "fatmaster.db", JournalMode::ReadWrite};
    journal.append({{.run = number, .at = second(500), .who = "anna", .body = opened},
                    {.run = number, .at = second(500), .who = "anna", .body = adopted},
                    {.run = number, .at = second(500), .who = "anna", .body = SchedulerStarted{}}},
                   &record);
  }
};

TEST_F(Following, WhatWasBeforeIsNotTold) {
  sample.reach_second_attempt();

  follower.look();

  EXPECT_THAT(feed.heard("journal"), SizeIs(0));
}

TEST_F(Following, EachNewEventIsToldOnceWithItsWords) {
  follower.look();
  sample.start(1, "check");
  sample.end(91, "check");

  look_later();
  look_later();

  EXPECT_THAT(told_ids(), ElementsAre("4", "5"));
  EXPECT_EQ(data(feed.heard("journal").back()).at("text"), "[0] check: done in 1 min 30 s");
}

TEST_F(Following, AStatusTellsTheRowsThatMoved) {
  follower.look();
  sample.start(1, "check");

  look_later();

  const auto status = data(feed.heard("status").back());
  EXPECT_FALSE(status.contains("steps"));
  ASSERT_EQ(status.at("moved").size(), 1U);
  EXPECT_EQ(status.at("moved").at(0).at("state"), "running");
  EXPECT_EQ(status.at("counters").at("steps"), 1);
}

TEST_F(Following, StatusesAreToldAtMostFourTimesASecond) {
  follower.look();
  feed.forget();
  for (int i = 0; i < 20; ++i) {
    sample.append(i, Noted{.level = "info", .text = "tick"});
    clock.advance(std::chrono::milliseconds{50});
    follower.look();
  }

  EXPECT_THAT(feed.heard("journal"), SizeIs(20));
  EXPECT_THAT(feed.heard("status"), SizeIs(4));
}

/// Counts what is told together; of the follower's thread.
class CountingFeed final : public EventFeed {
 public:
  void publish(StreamEvent event) override { static_cast<void>(event); }

  void publish_all(std::vector<StreamEvent> events) override {
    const std::lock_guard lock{mutex_};
    ++pieces_;
    last_ = events.back().id;
    changed_.notify_all();
  }

  /// How many pieces it took until `id` was told; nullopt: it never was.
  std::optional<std::int64_t> pieces_until(const std::string& id) {
    std::unique_lock lock{mutex_};
    const bool told = changed_.wait_for(lock, kPatience, [&] { return last_ == id; });
    return told ? std::optional{pieces_} : std::nullopt;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t pieces_ = 0;  // guarded by mutex_, as what follows
  std::string last_;
};

TEST_F(Following, OfAFloodOfEventsManyAreToldTogether) {
  CountingFeed counting;
  StationFollower diligent{station, runs, counting, clock};
  const std::jthread following{[&](const std::stop_token& end) { diligent.follow(end); }};
  diligent.newest();
  const auto began = std::chrono::steady_clock::now();

  for (int i = 0; i < 200; ++i) {
    sample.append(i, Noted{.level = "info", .text = "tick"});
  }

  const auto pieces = counting.pieces_until("203");
  const auto took = std::chrono::steady_clock::now() - began;
  ASSERT_TRUE(pieces);
  EXPECT_LE(*pieces, 1 + took / std::chrono::milliseconds{25});
}

TEST_F(Following, NothingNewIsNothingTold) {
  follower.look();
  feed.forget();

  look_later();

  EXPECT_THAT(feed.heard(), SizeIs(0));
}

TEST_F(Following, TheSchedulerIsMissedAndSeenAgain) {
  {
    const StationLock lock{sample.folder(), this_process(12)};
    follower.look();
  }
  look_later();
  const StationLock lock{sample.folder(), this_process(12)};
  look_later();

  const auto told = feed.heard("scheduler");
  ASSERT_THAT(told, SizeIs(2));
  EXPECT_EQ(data(told[0]).at("alive"), false);
  EXPECT_EQ(data(told[1]).at("alive"), true);
}

TEST_F(Following, ANewerRunIsToldAndFollowed) {
  follower.look();
  feed.forget();

  begin_run(13);
  look_later();
  sample.append(501, Noted{.level = "info", .text = "of the older run"});
  look_later();

  ASSERT_THAT(feed.heard("run"), SizeIs(1));
  EXPECT_EQ(data(feed.heard("run")[0]).at("run"), 13);
  EXPECT_EQ(follower.newest()->number(), 13);
  EXPECT_THAT(told_ids(), ElementsAre("4", "5", "6")) << "from its beginning, nothing of the other";
}

TEST_F(Following, ANewListenerIsToldWhereTheHistoryEnds) {
  sample.reach_second_attempt();
  follower.look();

  const auto hello = api.hello(std::nullopt);
  const auto again = api.hello(5);

  EXPECT_EQ(hello.id, "8");
  EXPECT_EQ(again.id, "5");
  EXPECT_EQ(data(hello).at("run"), 12);
  EXPECT_EQ(data(hello).at("scheduler_alive"), false);
}

TEST_F(Following, WhatAListenerMissedIsToldWithoutAGap) {
  sample.reach_second_attempt();
  follower.look();

  const auto missed = api.missed(6);

  ASSERT_TRUE(missed);
  ASSERT_THAT(*missed, SizeIs(2));
  EXPECT_EQ(missed->at(0).id, "7");
  EXPECT_EQ(data(missed->at(1)).at("text"), "[1] measure gain: started (attempt 2)");
}

TEST_F(Following, WhatCannotBeToldAgainIsLoadedAgain) {
  sample.reach_second_attempt();
  begin_run(13);
  follower.look();

  EXPECT_FALSE(api.missed(3)) << "another run was the newest then";
  EXPECT_FALSE(api.missed(4711)) << "of another journal";
  for (int i = 0; i < 2100; i += 100) {
    SqliteJournal journal{sample.folder() / "fatmaster.db", JournalMode::ReadWrite};
    journal.append(std::vector<Event>(
        100,
        {.run = 13, .at = second(600), .who = "x", .body = Noted{.level = "info", .text = "t"}}));
  }
  follower.look();
  EXPECT_FALSE(api.missed(11)) << "too many";
}

TEST_F(Following, AResumeWithAnotherPlanIsFollowed) {
  sample.reach_second_attempt();
  follower.look();
  auto plan = sample.plan();
  plan.steps.push_back(plan.steps.back());
  plan.steps.back().title = "one more";
  PlanAdopted adopted;
  adopted.version = 2;
  adopted.fingerprint = fingerprint(plan);
  const PlanRecord record{.run = 12, .version = 2, .plan = plan};
  {
    SqliteJournal journal{sample.folder() / "fatmaster.db", JournalMode::ReadWrite};
    journal.append({{.run = 12, .at = second(300), .who = "anna", .body = adopted}}, &record);
  }

  look_later();

  EXPECT_THAT(told_ids(), ElementsAre("9"));
  EXPECT_EQ(get(ApiRoute::Run, {"12"}).at("steps").size(), 4U);
}

TEST_F(Following, AStationWhereNothingWasStartedIsFollowedToo) {
  std::filesystem::remove(sample.folder() / "fatmaster.db");

  follower.look();

  EXPECT_EQ(follower.newest(), nullptr);
  EXPECT_TRUE(data(api.hello(std::nullopt)).at("run").is_null());
  EXPECT_EQ(answer(ApiRoute::Run, {"newest"}).status, 404);
}

}  // namespace
}  // namespace fat
