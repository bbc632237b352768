// Attempt folder -> Found. See the header.
#include "runner/recovery.hpp"

#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "runner/attempt_files.hpp"
#include "runner/deadline.hpp"
#include "runner/leftovers.hpp"
#include "runner/process_table.hpp"

namespace fat {
namespace {

constexpr Microseconds kStartPatience = std::chrono::seconds{2};

struct Attempt {
  const std::filesystem::path& folder;
  const std::string& token;
  bool same_boot;  ///< since its intent was stored
};

std::optional<Harvest> harvest(const Attempt& attempt) {
  auto record = read_exit(attempt.folder, attempt.token);
  if (!record || !is_report_complete(attempt.folder, *record)) {
    return std::nullopt;
  }
  return Harvest{std::move(*record)};
}

/// Only for an attempt that has no shim any more.
Found find_what_is_left(const Attempt& attempt) {
  if (auto found = harvest(attempt)) {
    return std::move(*found);
  }
  const auto left = end_leftovers(attempt.token, attempt.folder);
  if (!left.alive.empty() || probe_lock(attempt.folder) == LockState::Held) {
    const auto who = left.alive.empty() ? std::string{"of another user"}
                                        : fmt::format("{}", fmt::join(left.alive, ", "));
    return Lost{fmt::format("its process {} cannot be ended", who), true};
  }
  if (auto found = harvest(attempt)) {
    return std::move(*found);  // it came to its end while we looked
  }
  if (std::filesystem::exists(attempt.folder / "exit.json")) {
    return Lost{"its exit record or its report is damaged", false};
  }
  if (read_start(attempt.folder, attempt.token)) {
    return Lost{left.ended == 0 ? "it ended without an exit record"
                                : fmt::format("its shim died; processes ended: {}", left.ended),
                false};
  }
  if (!attempt.same_boot) {
    return Lost{"the machine went down around its start", false};
  }
  // Same boot and no start record: its command was never let go, whatever of the shim there was.
  if (std::filesystem::exists(attempt.folder / "start.json")) {
    return Lost{"its start record is damaged", false};
  }
  return NeverStarted{};
}

/// The living shim of a start record; none when it is dead and its id perhaps another process's.
std::optional<StepProcess> living_shim(const StartRecord& start) {
  if (start.boot_id != current_boot_id()) {
    return std::nullopt;
  }
  auto handle = open_process(start.shim.pid);
  const auto process = process_stat(start.shim.pid);  // after the handle: they are the same process
  if (!handle || !process || !is_alive(*process) || process->start_time != start.shim.start_time) {
    return std::nullopt;
  }
  return StepProcess{start.shim.pid, std::move(handle), OwnedFd{}};
}

/// A shim that has just been started writes its start record within milliseconds. Waits for that,
/// or for its end.
std::optional<StartRecord> wait_for_start(const Attempt& attempt) {
  const OwnedFd changes{inotify_init1(IN_CLOEXEC | IN_NONBLOCK)};
  if (changes) {
    inotify_add_watch(changes.get(), attempt.folder.c_str(), IN_MOVED_TO | IN_CLOSE_WRITE);
  }
  const Deadline deadline{kStartPatience};
  auto start = read_start(attempt.folder, attempt.token);
  while (!start && probe_lock(attempt.folder) == LockState::Held &&
         deadline.wait_for({changes.get()})) {
    std::array<char, 4096> events{};
    while (read(changes.get(), events.data(), events.size()) > 0) {
    }
    start = read_start(attempt.folder, attempt.token);
  }
  return start ? start : read_start(attempt.folder, attempt.token);
}

}  // namespace

Found examine(const std::filesystem::path& folder,
              const std::string& token,
              const std::string& boot_id) {
  const Attempt attempt{folder, token, boot_id == current_boot_id()};
  if (probe_lock(folder) != LockState::Held) {
    return find_what_is_left(attempt);
  }
  const auto start = wait_for_start(attempt);
  if (auto shim = start ? living_shim(*start) : std::nullopt) {
    return Adopt{std::move(*shim)};
  }
  return find_what_is_left(attempt);
}

}  // namespace fat
