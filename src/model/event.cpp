// Words of events.
#include "fat/model/event.hpp"

#include "model/words.hpp"

namespace fat {

std::string_view to_string(StartMode mode) {
  switch (mode) {
    case StartMode::Run:
      return "run";
    case StartMode::Resume:
      return "resume";
    case StartMode::Restart:
      return "restart";
  }
  return kNoSuchWord;
}

std::optional<StartMode> parse_start_mode(std::string_view text) {
  return parse_word(text, StartMode::Restart);
}

std::string_view to_string(EndCause cause) {
  switch (cause) {
    case EndCause::Exited:
      return "exited";
    case EndCause::Harvested:
      return "harvested";
    case EndCause::Lost:
      return "lost";
    case EndCause::NeverStarted:
      return "never_started";
    case EndCause::Waited:
      return "waited";
    case EndCause::Answered:
      return "answered";
    case EndCause::Refused:
      return "refused";
  }
  return kNoSuchWord;
}

std::optional<EndCause> parse_end_cause(std::string_view text) {
  return parse_word(text, EndCause::Refused);
}

std::string_view to_string(AfterAbort then) {
  switch (then) {
    case AfterAbort::Pause:
      return "pause";
    case AfterAbort::Retry:
      return "retry";
    case AfterAbort::Continue:
      return "continue";
  }
  return kNoSuchWord;
}

std::optional<AfterAbort> parse_after_abort(std::string_view text) {
  return parse_word(text, AfterAbort::Continue);
}

}  // namespace fat
