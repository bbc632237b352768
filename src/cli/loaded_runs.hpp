// A station's journal -> its runs, the newest and a few others at hand.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "cli/loaded_run.hpp"

namespace fat {

/// Any number of threads. A journal that comes, goes or is replaced is noticed at the next call.
class LoadedRuns {
 public:
  /// `station` must outlive it. When `stop` asks for it, what loads is given up: GivenUp.
  LoadedRuns(const Station& station, std::stop_token stop)
      : station_(station), stop_(std::move(stop)) {}

  /// By their first event, oldest first; empty without a journal. Throws JournalError.
  std::vector<int> numbers();

  /// Of that number, with all that the journal says now. Loads it when it is not at hand: then
  /// others that want the same wait. Throws CommandError when there is none, GivenUp.
  std::shared_ptr<LoadedRun> run(int number);

  /// Whether that run has events behind the one with this id. Cheap.
  bool has_grown(int number, std::int64_t id);

  /// Of a path: a number, or "newest". Throws CommandError when there is none.
  std::shared_ptr<LoadedRun> named(const std::string& text);

  const std::stop_token& stop() const { return stop_; }

 private:
  struct Slot {
    std::mutex mutex;
    std::shared_ptr<LoadedRun> run;  ///< guarded by mutex; shared with who works on it
  };

  std::shared_ptr<Slot> slot(int number);
  void look_at_file();

  const Station& station_;
  const std::stop_token stop_;
  std::mutex mutex_;
  std::unique_ptr<SqliteJournal> journal_;       ///< guarded by mutex_
  std::optional<std::pair<dev_t, ino_t>> file_;  ///< that journal_ reads; guarded by mutex_
  /// The one that was wanted last comes first; shared with who loads. Guarded by mutex_.
  std::list<std::pair<int, std::shared_ptr<Slot>>> slots_;
};

}  // namespace fat
