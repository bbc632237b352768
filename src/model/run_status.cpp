// Run states <-> their words.
#include "fat/model/run_status.hpp"

#include "model/words.hpp"

namespace fat {

std::string_view to_string(RunStatus status) {
  switch (status) {
    case RunStatus::Idle:
      return "idle";
    case RunStatus::Running:
      return "running";
    case RunStatus::Pausing:
      return "pausing";
    case RunStatus::Paused:
      return "paused";
    case RunStatus::Waiting:
      return "waiting";
    case RunStatus::Suspended:
      return "suspended";
    case RunStatus::Stopping:
      return "stopping";
    case RunStatus::Stopped:
      return "stopped";
    case RunStatus::Aborting:
      return "aborting";
    case RunStatus::Aborted:
      return "aborted";
    case RunStatus::Completed:
      return "completed";
    case RunStatus::Broken:
      return "broken";
  }
  return kNoSuchWord;
}

std::optional<RunStatus> parse_run_status(std::string_view text) {
  return parse_word(text, RunStatus::Broken);
}

bool is_ended(RunStatus status) {
  return status == RunStatus::Stopped || status == RunStatus::Aborted ||
         status == RunStatus::Completed || status == RunStatus::Broken;
}

}  // namespace fat
