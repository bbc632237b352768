#include "fat/model/interlock_entry.hpp"

#include "model/words.hpp"

namespace fat {

std::string_view to_string(InterlockVote vote) {
  switch (vote) {
    case InterlockVote::Any:
      return "any";
    case InterlockVote::All:
      return "all";
    case InterlockVote::TwoOfThree:
      return "2 of 3";
  }
  return kNoSuchWord;
}

std::optional<InterlockVote> parse_interlock_vote(std::string_view text) {
  return parse_word(text, InterlockVote::TwoOfThree);
}

std::string_view to_string(InterlockAction action) {
  switch (action) {
    case InterlockAction::Warn:
      return "warn";
    case InterlockAction::SuspendRun:
      return "suspend run";
    case InterlockAction::AbortStep:
      return "abort step";
    case InterlockAction::Set:
      return "set";
    case InterlockAction::SafeState:
      return "safe state";
  }
  return kNoSuchWord;
}

std::optional<InterlockAction> parse_interlock_action(std::string_view text) {
  return parse_word(text, InterlockAction::SafeState);
}

}  // namespace fat
