// Token and lock -> processes, ended. See the header.
#include "runner/leftovers.hpp"

#include <algorithm>
#include <csignal>
#include <string>
#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

#include "fat/model/owned_fd.hpp"
#include "runner/deadline.hpp"
#include "runner/process_table.hpp"

namespace fat {
namespace {

constexpr std::size_t kEnvironmentLimit = 8U << 20;
constexpr std::size_t kInfoLimit = 65536;
constexpr Microseconds kLookAgain = std::chrono::milliseconds{20};

std::string in_proc(pid_t id, std::string_view file) {
  return "/proc/" + std::to_string(id) + "/" + std::string{file};
}

bool carries(pid_t id, std::string_view token) {
  const auto environment = read_file(in_proc(id, "environ").c_str(), kEnvironmentLimit);
  const auto sought = "FATMASTER_TOKEN=" + std::string{token};
  for (std::string_view left = environment; !left.empty();) {
    const auto end = left.find('\0');
    if (left.substr(0, end) == sought) {
      return true;
    }
    left.remove_prefix(end == std::string_view::npos ? left.size() : end + 1);
  }
  return false;
}

/// Not merely open: the kernel names the lock beside the descriptor that was inherited with it.
bool holds(pid_t id, const struct stat& lock) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry{in_proc(id, "fd"), error}, end;
       !error && entry != end;
       entry.increment(error)) {
    struct stat file {};

    if (stat(entry->path().c_str(), &file) != 0 || file.st_ino != lock.st_ino ||
        file.st_dev != lock.st_dev) {
      continue;
    }
    const auto info = in_proc(id, "fdinfo") + "/" + entry->path().filename().string();
    if (read_file(info.c_str(), kInfoLimit).find("FLOCK") != std::string::npos) {
      return true;
    }
  }
  return false;
}

/// This process and all above it.
std::vector<pid_t> own_line() {
  std::vector<pid_t> line;
  for (pid_t id = getpid(); id > 0;) {
    line.push_back(id);
    const auto process = process_stat(id);
    id = process ? process->parent : 0;
  }
  return line;
}

class Hunt {
 public:
  Hunt(std::string_view token, const std::filesystem::path& folder)
      : token_(token), spared_(own_line()) {
    has_lock_ = stat((folder / "lock").c_str(), &lock_) == 0;
  }

  std::vector<ProcessStat> find() const {
    std::vector<ProcessStat> found;
    for (const auto id : all_process_ids()) {
      const auto process = process_stat(id);
      if (process && is_alive(*process) && belongs(id)) {
        found.push_back(*process);
      }
    }
    return found;
  }

 private:
  bool belongs(pid_t id) const {
    if (std::ranges::find(spared_, id) != spared_.end()) {
      return false;
    }
    return carries(id, token_) || (has_lock_ && holds(id, lock_));
  }

  std::string_view token_;
  std::vector<pid_t> spared_;

  struct stat lock_ {};

  bool has_lock_ = false;
};

/// Until all of them are gone, something new may have come, or `deadline` is over.
void wait_for_end(const std::vector<ProcessStat>& processes, const Deadline& deadline) {
  const Deadline soon{kLookAgain};
  for (const auto& process : processes) {
    const auto handle = open_process(process.id);
    if (!handle || deadline.is_over()) {
      continue;
    }
    const auto now = process_stat(process.id);
    if (now && now->start_time == process.start_time && !soon.wait_for({handle.get()})) {
      return;
    }
  }
}

}  // namespace

Leftovers end_leftovers(std::string_view token,
                        const std::filesystem::path& folder,
                        Microseconds patience) {
  const Hunt hunt{token, folder};
  const Deadline deadline{patience};
  std::vector<std::pair<pid_t, std::uint64_t>> seen;
  auto found = hunt.find();
  while (!found.empty() && !deadline.is_over()) {
    for (const auto& process : found) {
      const std::pair identity{process.id, process.start_time};
      if (std::ranges::find(seen, identity) == seen.end()) {
        seen.push_back(identity);
      }
      signal_process(process, SIGKILL);
    }
    wait_for_end(found, deadline);
    found = hunt.find();
  }
  Leftovers leftovers;
  for (const auto& process : found) {
    leftovers.alive.push_back(process.id);
  }
  leftovers.ended = static_cast<int>(seen.size() - std::min(seen.size(), found.size()));
  return leftovers;
}

}  // namespace fat
