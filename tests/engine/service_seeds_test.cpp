// Random stories of a board: crashes, answers, people, reboots, and the death of its process at any
// moment; after each seed the same promises hold. FATMASTER_SEED and FATMASTER_SEEDS choose them.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "fakes/manual_clock.hpp"
#include "fat/engine/chance.hpp"
#include "fat/engine/service_board.hpp"

namespace fat {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t kStories = 2000;
constexpr int kServiceHappenings = 120;

std::uint64_t asked(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// What really runs, whoever supervises it.
struct Living {
  std::string token, boot;
  std::optional<Instant> told;  ///< to end
  bool stubborn = false;        ///< only KILL ends it
};

class ServiceStory {
 public:
  explicit ServiceStory(std::uint64_t seed) : chance_(seed) {
    const int count = 1 + pick(5);
    for (int i = 0; i < count; ++i) {
      ServiceEntry entry;
      entry.name = fmt::format("s{}", i);
      entry.order = pick(3);
      entry.autostart = pick(4) != 0;
      entry.started_line = pick(2) == 0 ? "ready" : "";
      entry.started_within = seconds{2 + pick(30)};
      entry.restart = static_cast<ServiceRestart>(pick(3));
      entry.restarts = pick(4);
      entry.stop_within = seconds{1 + pick(10)};
      entries_.push_back(std::move(entry));
    }
    begin();
  }

  void play() {
    for (int i = 0; i < kServiceHappenings; ++i) {
      happen();
      evaluate(pick(12) == 0);
      judge();
    }
    come_to_rest();
  }

 private:
  int pick(int of) { return static_cast<int>(chance_.number() * of); }

  /// A new process with what was stored; it looks at what is there.
  void begin() {
    board_.emplace(entries_, stored_, fmt::format("n{}", ++processes_), clock_.now());
    for (std::size_t place = 0; place < board_->size(); ++place) {
      auto& service = board_->at(place);
      if (service.is_alive()) {
        look_at(service);
      }
    }
    store();
  }

  void look_at(Service& service) {
    const auto living = world_.find(service.entry().name);
    if (living != world_.end() && living->second.token == service.memory().token) {
      if (pick(10) == 0) {
        service.is_unknown("cannot be looked at", clock_.now());
      } else {
        service.is_known(clock_.now());
      }
      return;
    }
    ASSERT_TRUE(living == world_.end()) << "a process that nobody remembers";
    if (launched_.contains(service.memory().token)) {
      service.ended({.clean = pick(2) == 0, .why = "ended meanwhile"}, clock_.now());
    } else {
      service.never_began(clock_.now());
    }
  }

  void store() { stored_ = board_->state(clock_.now()).services; }

  void happen() {
    clock_.advance(milliseconds{pick(3) == 0 ? pick(20'000) : pick(500)});
    end_what_was_told();
    auto& service = board_->at(static_cast<std::size_t>(pick(static_cast<int>(board_->size()))));
    const auto living = world_.find(service.entry().name);
    switch (pick(8)) {
      case 0:
      case 1:
        if (living != world_.end()) {
          finish(service.entry().name, pick(3) == 0);
        }
        return;
      case 2:
      case 3:
        if (living != world_.end()) {
          service.counts_as_started(clock_.now());
        }
        return;
      case 4:
        say(service);
        return;
      case 5:
        begin();  // the process died and a new one came
        return;
      case 6:
        if (pick(6) == 0) {
          world_.clear();
          clock_.reboot(fmt::format("boot-{}", ++boots_));
          begin();
        }
        return;
      default:
        return;
    }
  }

  void say(Service& service) {
    switch (pick(3)) {
      case 0:
        service.start("anna", clock_.now());
        break;
      case 1:
        service.stop("anna", clock_.now());
        break;
      default:
        service.restart("anna", clock_.now());
        break;
    }
    store();
  }

  void finish(const std::string& name, bool clean) {
    world_.erase(name);
    for (std::size_t place = 0; place < board_->size(); ++place) {
      if (board_->at(place).entry().name == name) {
        board_->at(place).ended({.clean = clean, .why = clean ? "" : "exit status 3"},
                                clock_.now());
      }
    }
  }

  void end_what_was_told() {
    std::vector<std::string> over;
    for (const auto& [name, living] : world_) {
      const auto& entry = *std::ranges::find(entries_, name, &ServiceEntry::name);
      if (living.told &&
          (!living.stubborn || elapsed(*living.told, clock_.now()) >= entry.stop_within)) {
        over.push_back(name);
      }
    }
    for (const auto& name : over) {
      finish(name, false);
    }
  }

  /// `dies`: the process ends somewhere between storing and acting.
  void evaluate(bool dies) {
    const auto before = board_->state(clock_.now()).services;
    const auto orders = board_->evaluate(clock_.now());
    if (dies && pick(2) == 0) {
      begin();  // not even stored
      return;
    }
    store();
    for (const auto& order : orders) {
      if (dies && pick(2) == 0) {
        begin();
        return;
      }
      carry_out(order, before);
    }
  }

  void carry_out(const ServiceOrder& order, const std::vector<ServiceState>& before) {
    auto& service = board_->at(order.place);
    const auto& name = service.entry().name;
    if (order.kind == ServiceOrder::Kind::End) {
      judge_end(order.place, before.at(order.place).memory.phase);
      if (const auto living = world_.find(name); living != world_.end()) {
        living->second.told = living->second.told.value_or(clock_.now());
      }
      return;
    }
    judge_launch(order.place, before);
    if (pick(15) == 0) {
      service.launch_failed("no memory", clock_.now());
      return;
    }
    launched_.insert(service.memory().token);
    world_[name] = {service.memory().token, clock_.now().boot_id, std::nullopt, pick(4) == 0};
  }

  void judge_launch(std::size_t place, const std::vector<ServiceState>& before) {
    auto& service = board_->at(place);
    const auto& name = service.entry().name;
    EXPECT_FALSE(world_.contains(name)) << name << " would run twice";
    EXPECT_FALSE(launched_.contains(service.memory().token)) << "a token is used twice";
    EXPECT_TRUE(service.is_wanted()) << name << " is started though it is not to run";
    const auto was = before.at(place).memory;
    EXPECT_TRUE(was.phase == ServicePhase::Stopped || was.phase == ServicePhase::Backoff) << name;
    if (was.phase == ServicePhase::Backoff) {
      EXPECT_GE(elapsed(was.since, clock_.now()), service.entry().restart_delay) << name;
    }
    for (std::size_t i = 0; i < place; ++i) {
      const auto& earlier = board_->at(i);
      const auto& memory = earlier.memory();
      const bool comes_up = earlier.is_wanted() && (memory.phase == ServicePhase::Stopped ||
                                                    memory.phase == ServicePhase::Starting);
      const auto from = memory.begun.value_or(memory.since);
      EXPECT_FALSE(comes_up && elapsed(from, clock_.now()) < earlier.entry().started_within)
          << name << " did not wait for " << earlier.entry().name;
    }
  }

  void judge_end(std::size_t place, ServicePhase was) {
    const auto& service = board_->at(place);
    if (was == ServicePhase::Stopping || service.memory().gave_up) {
      return;  // on its own account
    }
    for (auto i = place + 1; i < board_->size(); ++i) {
      const auto& later = board_->at(i);
      const auto& memory = later.memory();
      const bool to_end = later.is_alive() && (!later.is_wanted() || memory.again);
      const bool told =
          memory.phase == ServicePhase::Stopping || memory.phase == ServicePhase::Unknown;
      EXPECT_FALSE(to_end && (!told || elapsed(memory.since, clock_.now()) <
                                           later.entry().stop_within + seconds{5}))
          << service.entry().name << " did not wait for " << later.entry().name;
    }
  }

  void judge() {
    for (std::size_t place = 0; place < board_->size(); ++place) {
      const auto& service = board_->at(place);
      const auto& memory = service.memory();
      const auto& name = service.entry().name;
      EXPECT_EQ(world_.contains(name), service.is_alive()) << name << to_string(memory.phase);
      EXPECT_LE(memory.failures, service.entry().restarts + 1) << name;
      if (memory.phase == ServicePhase::Backoff) {
        EXPECT_LE(memory.failures, service.entry().restarts) << name;
      }
      if (memory.phase == ServicePhase::Running && !service.entry().started_line.empty()) {
        EXPECT_TRUE(memory.begun) << name;
      }
    }
  }

  /// Nothing happens any more but what was asked for: it settles within a bounded time.
  void come_to_rest() {
    for (int i = 0; i < 3000 && (i == 0 || board_->is_in_transit()); ++i) {
      clock_.advance(seconds{1});
      end_what_was_told();
      for (std::size_t place = 0; place < board_->size(); ++place) {
        auto& service = board_->at(place);
        service.is_known(clock_.now());
        if (service.is_alive()) {
          service.counts_as_started(clock_.now());
        }
      }
      evaluate(false);
      judge();
    }
    EXPECT_FALSE(board_->is_in_transit());
    for (std::size_t place = 0; place < board_->size(); ++place) {
      const auto& service = board_->at(place);
      const auto phase = service.memory().phase;
      EXPECT_EQ(!service.is_wanted(), phase == ServicePhase::Stopped) << service.entry().name;
      EXPECT_TRUE(!service.is_wanted() || phase == ServicePhase::Running ||
                  phase == ServicePhase::Exited || phase == ServicePhase::Fatal)
          << service.entry().name << to_string(phase);
    }
  }

  Chance chance_;
  ManualClock clock_;
  std::vector<ServiceEntry> entries_;
  std::vector<ServiceState> stored_;
  std::optional<ServiceBoard> board_;
  std::map<std::string, Living> world_;
  std::set<std::string> launched_;
  int processes_ = 0, boots_ = 1;
};

TEST(ServiceStories, KeepEveryPromise) {
  const auto first = asked("FATMASTER_SEED", 1);
  const auto stories = asked("FATMASTER_SEEDS", kStories);
  for (auto seed = first; seed < first + stories; ++seed) {
    SCOPED_TRACE(
        fmt::format("again: FATMASTER_SEED={} FATMASTER_SEEDS=1 fat_engine_tests "
                    "--gtest_filter=ServiceStories.*",
                    seed));
    ServiceStory{seed}.play();
    if (testing::Test::HasFailure()) {
      return;
    }
  }
}

}  // namespace
}  // namespace fat
