// What a run's state is made of: open attempts, open prompts, steps.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fat/model/event.hpp"
#include "fat/model/run_summary.hpp"

namespace fat {

/// Time since the run was opened, as long as the program could know: it counts downtime and
/// reboots, and no step of the wall clock makes it jump or go back. What has to last is measured on
/// it.
using RunTime = Microseconds;

/// The newest reading of a signal.
struct Signal {
  double value = 0;
  std::string unit;
  RunTime since{0};  ///< when it was read
};

using Signals = std::map<std::string, Signal>;

/// An attempt that has started and not ended.
struct AttemptState {
  AttemptStarted start;
  Instant at;
  RunTime since{0};
  bool orphan = false;  ///< the scheduler that started it is dead
  bool adopted = false;
  std::optional<double> progress;
  std::string text;
  std::string checkpoint;
  std::uint64_t report_offset = 0;
  std::optional<EndedBy> asked_to_end;  ///< Abort or Halt
  RunTime asked_since{0};
  std::vector<std::pair<int, std::string>> answers;  ///< to its questions: prompt number, value
  std::optional<AfterAbort> then;                    ///< when abort-step asked for its end
  std::string environment;                           ///< why its results are not valid
};

/// A prompt nobody has answered.
struct OpenPrompt {
  PromptOpened asked;
  WallTime at;
  RunTime since{0};
};

/// Why a module takes no part in the following steps.
struct Quarantine {
  std::string reason;
  std::string who;
  WallTime since;
};

/// What the newest attempt of a step said about one module.
struct ModuleResult {
  Verdict verdict = Verdict::NotRun;
  std::string reason;
  std::set<std::string> names;  ///< measurements that were reported
};

/// Whether a step that did not end properly may have had its effect.
enum class Doubt {
  None,        ///< nothing is unknown
  Open,        ///< it may have: the step's `recovery` says what now
  Absent,      ///< the hardware says it has not: run it again
  CannotTell,  ///< the hardware could not say: a person must
};

/// What we know of one step over all its attempts.
struct StepState {
  std::optional<Outcome> outcome;  ///< final; nothing but StepReopened takes it back
  bool open = false;               ///< an attempt is running
  bool waived = false;             ///< skipped by a person, with a reason
  bool wanted = false;             ///< reopened: runs even when --from jumps over it
  int attempts = 0;                ///< started so far; numbers the folders
  int tries = 0;                   ///< ended errored since the step was (re)opened
  int later_tries = 0;             ///< ended with "try again later" since then
  int losses = 0;                  ///< in a row, with the scheduler alive
  Doubt doubt = Doubt::None;
  std::optional<AfterAbort> after_abort;  ///< abort-step ended the last attempt
  std::optional<Ending> last_end;         ///< of the newest attempt since then
  RunTime last_end_since{0};
  std::optional<RunTime> wait_due;  ///< of a Wait that was broken off: when it would have ended
  std::optional<WallTime> first_started, ended;
  Microseconds ran{0};
  std::string reason;                           ///< why it is as it is
  std::string environment;                      ///< why the newest results are not valid
  std::map<std::string, ModuleResult> modules;  ///< by serial
  std::set<std::string> without;  ///< the newest attempt was not told of these modules

  /// Nothing of it has begun and nobody has decided about it: it may still be edited.
  bool is_untouched() const { return !outcome && !open && attempts == 0; }
};

/// Somebody has the control for himself.
struct ControlLock {
  ControlLocked said;
  std::string who;
  RunTime since{0};
};

/// Edits that can be taken back: the last ones of RunState::edits.
struct UndoableEdits {
  int version = 0;  ///< of the plan they made
  std::size_t count = 0;
};

}  // namespace fat
