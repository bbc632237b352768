#include "engine/verb_reply.hpp"

#include <fmt/format.h>

namespace fat {

VerbReply illegal(RunStatus status, std::string_view what) {
  std::string_view advice;
  if (is_ended(status)) {
    advice = "; `fatmaster resume` goes on with it";
  } else if (status == RunStatus::Stopping) {
    advice = "; `fatmaster stop --cancel` takes the stop back while the step still runs";
  } else if (status == RunStatus::Suspended) {
    advice = ": a process survives being killed; it goes on by itself when that is gone";
  }
  return refuse(fmt::format("cannot {}: the run is {}{}", what, to_string(status), advice));
}

}  // namespace fat
