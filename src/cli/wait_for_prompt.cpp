#include "cli/wait_for_prompt.hpp"

#include <array>

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "cli/station_context.hpp"
#include "fat/model/owned_fd.hpp"

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
  const OwnedFd changes{inotify_init1(IN_CLOEXEC | IN_NONBLOCK)};
  inotify_add_watch(changes.get(), station.state.c_str(), IN_MODIFY | IN_CREATE);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!asks_something(station)) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left <= std::chrono::milliseconds{0}) {
      return;
    }
    pollfd waiting{.fd = changes.get(), .events = POLLIN, .revents = 0};
    poll(&waiting, 1, static_cast<int>(left.count()));
    std::array<char, 4096> events{};
    while (read(changes.get(), events.data(), events.size()) > 0) {
    }
  }
}

}  // namespace fat
