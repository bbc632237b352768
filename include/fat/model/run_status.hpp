// The states a run can be in (DESIGN 9).
#pragma once

#include <optional>
#include <string_view>

namespace fat {

/// Idle: nothing started. Pausing/Stopping/Aborting: asked for, something still has to end first.
/// Waiting: a prompt is open and nothing can go on without its answer. Suspended: held by the
/// program itself (journal not writable, a process that survives KILL); goes on alone when that is
/// over. Stopped, Aborted, Broken: ended, can be resumed. Completed: ended for good.
enum class RunStatus {
  Idle,
  Running,
  Pausing,
  Paused,
  Waiting,
  Suspended,
  Stopping,
  Stopped,
  Aborting,
  Aborted,
  Completed,
  Broken
};

std::string_view to_string(RunStatus status);
std::optional<RunStatus> parse_run_status(std::string_view text);

/// Stopped, Aborted, Completed or Broken: nothing more happens until somebody resumes the run.
bool is_ended(RunStatus status);

}  // namespace fat
