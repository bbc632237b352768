#include "fat/runner/process_mark.hpp"

#include <limits>

#include "runner/process_table.hpp"

namespace fat {

std::optional<ProcessMark> mark_of_process(std::int64_t pid) {
  if (pid <= 0 || pid > std::numeric_limits<pid_t>::max()) {
    return std::nullopt;
  }
  const auto found = process_stat(static_cast<pid_t>(pid));
  if (!found || !is_alive(*found)) {
    return std::nullopt;
  }
  return ProcessMark{.pid = pid, .start_time = found->start_time, .boot_id = current_boot_id()};
}

bool lives(const ProcessMark& process) {
  return mark_of_process(process.pid) == process;
}

}  // namespace fat
