// The thread between a real journal and a sink that a test plays.
#include "fat/people/courier.hpp"

#include <atomic>
#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include "fakes/manual_clock.hpp"
#include "fakes/scripted_sink.hpp"
#include "fat/ports/clock.hpp"
#include "fat/store/sqlite_journal.hpp"
#include "fat/store/sqlite_outbox.hpp"
#include "store/journal_builders.hpp"
#include "store/temporary_folder.hpp"

namespace fat {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;

/// The machine's steady clock: these tests are about threads, the policy has a manual one.
class SteadyClock : public Clock {
 public:
  Instant now() const override {
    const auto boot = std::chrono::duration_cast<Microseconds>(
        std::chrono::steady_clock::now().time_since_epoch());
    return {.wall = moment(0).wall + boot, .boot = boot, .boot_id = "boot"};
  }
};

PostResult take(const Post&, const std::stop_token&) {
  return {.outcome = PostOutcome::Delivered, .retry_after = {}, .why = {}};
}

PostResult refuse(const Post&, const std::stop_token&) {
  return {.outcome = PostOutcome::TryLater, .retry_after = {}, .why = "HTTP 500"};
}

std::size_t resident_kib() {
  std::ifstream file{"/proc/self/statm"};
  std::size_t all = 0;
  std::size_t resident = 0;
  file >> all >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) / 1024;
}

/// A sanitizer's own memory grows with every allocation.
#ifdef FAT_SANITIZED
constexpr bool kMemoryIsOurs = false;
#else
constexpr bool kMemoryIsOurs = true;
#endif

class Couriers : public testing::Test {
 protected:
  void store(const std::string& text, int copies = 1) {
    std::vector<Message> messages;
    messages.reserve(static_cast<std::size_t>(copies));
    for (int number = 0; number < copies; ++number) {
      messages.push_back({.channel = "slack",
                          .run = 12,
                          .at = clock_.now().wall,
                          .text = copies == 1 ? text : fmt::format("{} {}", text, number)});
    }
    journal_.append({note(12, text)}, nullptr, messages);
  }

  std::unique_ptr<Courier> courier(ScriptedSink::Answer answer) {
    DeliveryRules rules;
    rules.first_retry = milliseconds{1};
    rules.longest_retry = milliseconds{4};
    rules.last_patience = {};
    rules.posts_per_minute = 600'000;
    rules.late_after = std::chrono::hours{1};
    return std::make_unique<Courier>(
        CourierParts{.channel = "slack",
                     .open_outbox = [this] { return std::make_unique<SqliteOutbox>(file_); },
                     .sink = std::make_unique<ScriptedSink>(posted_, std::move(answer)),
                     .rules = rules,
                     .seed = 4711,
                     .alarm = [](const std::string&) {}},
        clock_);
  }

  static std::chrono::steady_clock::time_point within(milliseconds length) {
    return std::chrono::steady_clock::now() + length;
  }

  std::size_t waiting() { return SqliteOutbox{file_}.waiting("slack", 100'000).size(); }

  SteadyClock clock_;
  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "fatmaster.db";
  SqliteJournal journal_{file_, JournalMode::ReadWrite};
  PostedTexts posted_;
};

TEST_F(Couriers, TakeOutWhatWaitsFromBeforeAndWhatIsStoredLater) {
  store("before");
  const auto one = courier(take);
  ASSERT_TRUE(posted_.wait_for(1));
  store("later");
  one->nudge();
  ASSERT_TRUE(posted_.wait_for(2));
  one->wind_up();
  one->finish(within(kPatience));

  EXPECT_THAT(posted_.all(), ElementsAre("before", "later"));
  EXPECT_EQ(waiting(), 0U);
}

TEST_F(Couriers, LeaveStoredWhatASinkDoesNotTakeAndTheNextOneTakesItOut) {
  store("one");
  {
    const auto first = courier(refuse);
    ASSERT_TRUE(posted_.wait_for(3));
    first->wind_up();
    first->finish(within(kPatience));  // a sink that fails is not waited for
  }
  EXPECT_EQ(waiting(), 1U);

  const auto second = courier(take);
  second->wind_up();
  second->finish(within(kPatience));

  EXPECT_EQ(waiting(), 0U);
}

TEST_F(Couriers, EndInTimeAlsoWhenTheSinkHangs) {
  store("one");
  std::atomic<bool> hangs = false;
  const auto one = courier([&hangs](const Post&, const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock{mutex};
    hangs = true;
    hangs.notify_all();
    never.wait(lock, stop, [] { return false; });
    return refuse({}, stop);
  });
  hangs.wait(false);
  store("two");  // whoever appends is not held up
  one->wind_up();
  one->finish(within(milliseconds{20}));

  EXPECT_EQ(waiting(), 2U);
}

TEST_F(Couriers, AreLeftToThemselvesWhenTheirSinkCannotBeBrokenOff) {
  store("a file on a dead mount");
  std::atomic<bool> entered = false;
  std::atomic<bool> released = false;
  auto one = courier([&](const Post& post, const std::stop_token& stop) {
    entered = true;
    entered.notify_all();
    released.wait(false);
    return take(post, stop);
  });
  entered.wait(false);

  const auto begin = std::chrono::steady_clock::now();
  one->wind_up();
  one->finish(within(milliseconds{20}));
  one.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, kPatience);

  released = true;
  released.notify_all();
  EXPECT_TRUE(posted_.wait_for(1));
  EXPECT_EQ(waiting(), 1U);  // told again rather than lost
}

TEST_F(Couriers, PostNothingTwiceThatCouldNotBeWrittenDownAtOnce) {
  store("one");

  /// The disk is full when the first post is to be settled.
  class FullDisk : public SqliteOutbox {
   public:
    using SqliteOutbox::SqliteOutbox;

    void settle(const std::vector<std::int64_t>& messages,
                MessageFate fate,
                const std::string& why) override {
      if (refusals_-- > 0) {
        throw JournalError{JournalFault::Unwritable, "disk full"};
      }
      SqliteOutbox::settle(messages, fate, why);
    }

   private:
    int refusals_ = 1;
  };

  Courier one{{.channel = "slack",
               .open_outbox = [this] { return std::make_unique<FullDisk>(file_); },
               .sink = std::make_unique<ScriptedSink>(posted_, take),
               .rules = {},
               .seed = 1,
               .alarm = [](const std::string&) {}},
              clock_};
  one.wind_up();
  one.finish(within(kPatience));

  EXPECT_THAT(posted_.all(), ElementsAre("one"));
  EXPECT_EQ(waiting(), 0U);
}

TEST_F(Couriers, TakeOutTenThousandMessagesInOrderAfterADayWithoutTheSinkAndStayThin) {
  constexpr int many = 10'000;
  const auto one = courier([tries = 0](const Post& post, const std::stop_token& stop) mutable {
    return ++tries < 50 ? refuse(post, stop) : take(post, stop);
  });
  store("message", many);
  const auto before = resident_kib();
  one->nudge();
  ASSERT_TRUE(posted_.wait_for(49 + (many / 200)));  // 49 times in vain
  one->wind_up();
  one->finish(within(kPatience));
  const auto grown = resident_kib() - std::min(before, resident_kib());

  std::string all;
  const auto posts = posted_.all();
  for (const auto& post : posts) {
    all += post + '\n';
  }
  std::size_t at = 0;
  for (int number = 0; number < many; ++number) {
    const auto found = all.find(fmt::format("message {}\n", number), at);
    ASSERT_NE(found, std::string::npos) << number;
    at = found;
  }
  EXPECT_EQ(waiting(), 0U);
  fmt::print("{} messages in {} posts, {} KiB more in memory\n", many, posts.size(), grown);
  if (kMemoryIsOurs) {
    EXPECT_LT(grown, 8 * 1024U);
  }
}

}  // namespace
}  // namespace fat
