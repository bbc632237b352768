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
    case VerbKind::Edit:
      return "edit";
    case VerbKind::Lock:
      return "lock";
    case VerbKind::Unlock:
      return "unlock";
    case VerbKind::Log:
      return "log";
    case VerbKind::Shift:
      return "shift";
    case VerbKind::Acknowledge:
      return "ack";
  }
  return kNoSuchWord;
}

std::optional<VerbKind> parse_verb_kind(std::string_view text) {
  return parse_word(text, VerbKind::Acknowledge);
}

std::string person_of(std::string_view who) {
  const auto uid = who.rfind(" (uid ");
  const auto name = who.substr(0, uid);
  const auto place = name.find(" at ");
  std::string person{name.substr(0, place)};
  return uid == std::string_view::npos ? person : person.append(who.substr(uid));
}

}  // namespace fat
