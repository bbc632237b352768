#include "cli/wait_for_prompt.hpp"

#include <algorithm>

#include "cli/file_watch.hpp"
#include "cli/station_context.hpp"

namespace fat {

namespace {

/// A journal that is just being made is one that asks nothing yet.
bool asks_something(const Station& station) {
  try {
    const SqliteJournal journal{journal_file(station), JournalMode::ReadOnly};
    const auto runs = journal.runs();
    return !runs.empty() && !load_run(journal, runs.back()).campaign->state().prompts.empty();
  } catch (const JournalError& error) {
    if (error.fault() == JournalFault::Missing || error.fault() == JournalFault::Unwritable) {
      return false;
    }
    throw;
  }
}

}  // namespace

void wait_for_prompt(const Station& station, std::chrono::milliseconds patience) {
  const FileWatch changes{{station.state}};
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!asks_something(station)) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left <= std::chrono::milliseconds{0}) {
      return;
    }
    changes.wait(std::min(left, kJournalLag));
  }
}

}  // namespace fat
