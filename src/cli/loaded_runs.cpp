#include "cli/loaded_runs.hpp"

#include <algorithm>
#include <iterator>

#include <sys/stat.h>

#include "cli/exit_code.hpp"

namespace fat {

namespace {

constexpr std::size_t kRunsAtHand = 4;

std::optional<std::pair<dev_t, ino_t>> identity_of(const std::filesystem::path& file) {
  struct stat found {};

  return stat(file.c_str(), &found) == 0 ? std::optional{std::pair{found.st_dev, found.st_ino}}
                                         : std::nullopt;
}

}  // namespace

void LoadedRuns::look_at_file() {
  const auto now = identity_of(journal_file(station_));
  if (now == file_ && (journal_ || !now)) {
    return;
  }
  journal_.reset();
  slots_.clear();
  file_.reset();
  if (!now) {
    return;
  }
  try {
    journal_ = std::make_unique<SqliteJournal>(journal_file(station_), JournalMode::ReadOnly);
    file_ = now;
  } catch (const JournalError& error) {
    if (error.fault() != JournalFault::Missing) {  // else it is just being made
      throw;
    }
  }
}

std::vector<int> LoadedRuns::numbers() {
  const std::lock_guard lock{mutex_};
  look_at_file();
  return journal_ ? journal_->runs() : std::vector<int>{};
}

std::shared_ptr<LoadedRuns::Slot> LoadedRuns::slot(int number) {
  const std::lock_guard lock{mutex_};
  look_at_file();
  const auto found = std::ranges::find(slots_, number, [](const auto& one) { return one.first; });
  if (found != slots_.end()) {
    slots_.splice(slots_.begin(), slots_, found);
  } else {
    slots_.emplace_front(number, std::make_shared<Slot>());
  }
  auto here = slots_.front().second;
  if (slots_.size() > kRunsAtHand) {
    const auto runs = journal_ ? journal_->runs() : std::vector<int>{};
    const auto last = std::prev(slots_.end());
    const bool newest = !runs.empty() && last->first == runs.back();  // it is always at hand
    slots_.erase(newest ? std::prev(last) : last);
  }
  return here;
}

std::shared_ptr<LoadedRun> LoadedRuns::run(int number) {
  const auto here = slot(number);
  const std::lock_guard lock{here->mutex};
  if (!here->run) {
    here->run = std::make_shared<LoadedRun>(station_, number, stop_);
  } else {
    here->run->advance();
  }
  return here->run;
}

bool LoadedRuns::has_grown(int number, std::int64_t id) {
  const std::lock_guard lock{mutex_};
  look_at_file();
  return !journal_ || id > journal_->last_id() || !journal_->events(number, id, 1).empty();
}

std::shared_ptr<LoadedRun> LoadedRuns::named(const std::string& text) {
  int number = 0;
  {
    const std::lock_guard lock{mutex_};
    look_at_file();
    if (!journal_) {
      throw CommandError{kExitUsage,
                         "no run has been started here yet; `fatmaster run SCHEDULE` starts one"};
    }
    number = choose_run(*journal_, text == "newest" ? "" : text);
  }
  return run(number);
}

}  // namespace fat
