// A run of the journal -> its state and its history, kept up with what is appended.
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "cli/station_context.hpp"
#include "fat/engine/run_campaign.hpp"
#include "fat/plan/station_file.hpp"
#include "fat/store/sqlite_journal.hpp"

namespace fat {

/// What people read about an event.
struct EventWords {
  std::string text;   ///< lines, empty for what nobody needs to read
  std::string level;  ///< info, warning, critical; empty without text
};

EventWords words_of(const Event& event, const Campaign& campaign);

/// Where a measurement stands in the history.
struct MeasurementPlace {
  std::size_t event = 0;  ///< index in RunHistory::events
  std::size_t item = 0;   ///< of AttemptReported::measurements
  int step = 0;           ///< index of the step in its list, as it was at the attempt's start
};

/// All that is known of a run. Grows at its ends only.
struct RunHistory {
  SqliteJournal journal;
  std::unique_ptr<RunCampaign> campaign;  ///< all events applied; learns from `journal`
  std::vector<StoredEvent> events;
  std::vector<std::optional<EventWords>> words;  ///< of each event, once somebody asked
  /// What listeners and pages are told of the newest ones, by index; shared with who sends it.
  std::map<std::size_t, std::shared_ptr<const std::string>> told;
  std::map<AttemptKey, std::size_t> starts;    ///< index of the newest AttemptStarted of each
  std::vector<MeasurementPlace> measurements;  ///< in the order in which they were made
  std::map<std::array<std::string, 3>, std::size_t> latest;  ///< by module, channel, name

  const Measurement& measurement(const MeasurementPlace& place) const;
  const AttemptStarted& start(const AttemptKey& key) const;
};

/// Any number of threads.
class LoadedRun {
 public:
  /// Throws CommandError when the journal does not hold it, GivenUp when `stop` asks for that.
  LoadedRun(const Station& station, int run, const std::stop_token& stop);

  int number() const { return number_; }

  /// Reads what has come since; what that says is worded at once.
  void advance();

  /// `function(history)`, alone. What it takes from there it copies.
  template <class Function>
  auto with(const Function& function) {
    const std::lock_guard lock{mutex_};
    return function(history_);
  }

  /// `visit(history, i)` for i = from, from + 1, ... until it says false; lets others in between.
  /// i stays the same event meanwhile.
  template <class Visit>
  void walk(std::size_t from, std::size_t until, const Visit& visit) {
    constexpr std::size_t at_once = 64;
    while (from < until) {
      const std::lock_guard lock{mutex_};
      for (const auto end = std::min(until, from + at_once); from < end; ++from) {
        if (!visit(history_, from)) {
          return;
        }
      }
    }
  }

  /// The same downwards, from `until` - 1 to `from`.
  template <class Visit>
  void walk_back(std::size_t from, std::size_t until, const Visit& visit) {
    walk(from, until, [&](RunHistory& history, std::size_t i) {
      return visit(history, until - 1 - (i - from));
    });
  }

  /// Words for these events (indices, ascending), wherever they are missing. Costs a walk through
  /// the history up to the last of them, unless all have theirs.
  void word(const std::vector<std::size_t>& wanted, const std::stop_token& stop);

 private:
  void read_anew(std::vector<StoredEvent> events, const std::stop_token& stop);

  const int number_;
  std::mutex mutex_;
  RunHistory history_;  ///< guarded by mutex_
};

}  // namespace fat
