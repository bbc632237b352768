// What a person asks of a run (DESIGN 9), and what the run answers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fat/model/event.hpp"

namespace fat {

enum class VerbKind {
  Pause,
  Continue,
  Stop,
  Skip,
  Redo,
  Mark,
  AbortStep,
  Abort,
  Halt,
  Answer,
  Quarantine,
  Release,
  Edit,
  Lock,
  Unlock,
  Log,
  Shift,
  Acknowledge
};

std::string_view to_string(VerbKind kind);
std::optional<VerbKind> parse_verb_kind(std::string_view text);

/// A verb that was read in a run's thread of a chat.
struct ChatReply {
  std::string channel;  ///< name of the sink
  std::string ts;       ///< the chat's own time of the message
  std::string why_not;  ///< it is not acted on: that person may not, or nobody understands it
};

struct Verb {
  VerbKind kind = VerbKind::Pause;
  std::string who;  ///< name, uid and where from
  std::string
      step;  ///< title or "[i]" index of skip, redo, mark, abort-step; empty: the running one
  std::string value;  ///< of answer; outcome (done, failed) of mark; serial of quarantine, release;
                      ///< who takes the shift; alerts of ack, separated by spaces (empty: all)
  std::string reason;
  int prompt = 0;                       ///< of answer; 0: the only open one
  AfterAbort then = AfterAbort::Pause;  ///< of abort-step
  bool cancel = false;                  ///< pause --cancel, stop --cancel
  bool signal = false;                  ///< of a signal to the program: no lock holds it up
  std::vector<PlanEdit> edits;          ///< of edit: all of them or none
  int undoes = 0;                       ///< of edit: version whose edits these take back
  Microseconds length{0};               ///< of lock
  bool take_over = false;               ///< of lock: although somebody else holds it
  Logged entry;                         ///< of log
  bool hand_over = false;               ///< of shift: with `report`
  std::vector<std::string> report;      ///< of shift: lines the next person is told
  std::optional<ChatReply> reply;       ///< how it came
};

/// Who it was, without where from: "anna (uid 1000)" of "anna at /dev/pts/3 (uid 1000)".
std::string person_of(std::string_view who);

/// Accepted: `events` say what changes (none when it was so already). Refused: no events but, of a
/// chat reply, that it was read; `text` names the state and what would be legal.
struct VerbReply {
  bool accepted = false;
  std::string text;  ///< what will happen and when, one or two sentences
  std::vector<EventBody> events;
};

}  // namespace fat
