// /proc -> who runs, whose child it is, since when. Shared by runner and shim: no exceptions of its
// own, no locale, no streams.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "fat/model/owned_fd.hpp"

namespace fat {

/// What we need of /proc/PID/stat. A process is known by `id` and `start_time` together: ids are
/// used again.
struct ProcessStat {
  pid_t id = 0;
  pid_t parent = 0;
  char state = '?';
  long threads = 0;
  std::uint64_t start_time = 0;  ///< clock ticks since boot
};

/// nullopt when the text is not a stat line. The program's name may hold anything, also spaces and
/// parentheses.
std::optional<ProcessStat> parse_process_stat(std::string_view text);

/// nullopt when there is no such process (or it cannot be seen).
std::optional<ProcessStat> process_stat(pid_t id);

/// False for one that has ended and only waits to be reaped.
bool is_alive(const ProcessStat& process);

/// Every process that can be seen now; empty when /proc cannot be read.
std::vector<pid_t> all_process_ids();

/// Everything below `ancestor` in one pass over /proc. One pass can miss what forks meanwhile: look
/// again until nothing is new.
std::vector<ProcessStat> descendants_of(pid_t ancestor);

/// A pidfd, close-on-exec: stays with the process that has the id now. None (errno) when there is
/// no such process.
OwnedFd open_process(pid_t id);

/// Sends `signal` to the process of a pidfd. Zero, or errno.
int signal_handle(int handle, int signal);

/// Sends `signal` to exactly that process and no later one with the same id. Zero, or the errno
/// that prevented it.
int signal_process(const ProcessStat& process, int signal);

/// Up to `limit` bytes of a file; empty when it cannot be read.
std::string read_file(const char* path, std::size_t limit);

/// Identity of this boot of the kernel; empty when /proc cannot be read.
std::string current_boot_id();

}  // namespace fat
