// Verbs <-> the words people type.
#include "fat/model/verb.hpp"

#include "model/words.hpp"

namespace fat {

std::string_view to_string(VerbKind kind) {
  switch (kind) {
    case VerbKind::Pause:
      return "pause";
    case VerbKind::Continue:
      return "continue";
    case VerbKind::Stop:
      return "stop";
    case VerbKind::Skip:
      return "skip";
    case VerbKind::Redo:
      return "redo";
    case VerbKind::Mark:
      return "mark";
    case VerbKind::AbortStep:
      return "abort-step";
    case VerbKind::Abort:
      return "abort";
    case VerbKind::Halt:
      return "halt";
    case VerbKind::Answer:
      return "answer";
    case VerbKind::Quarantine:
      return "quarantine";
    case VerbKind::Release:
      return "release";
  }
  return kNoSuchWord;
}

std::optional<VerbKind> parse_verb_kind(std::string_view text) {
  return parse_word(text, VerbKind::Release);
}

}  // namespace fat
