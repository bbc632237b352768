// What can happen to a run. The journal is a list of these; everything else is computed from it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "fat/model/check_record.hpp"
#include "fat/model/code_seen.hpp"
#include "fat/model/exit_record.hpp"
#include "fat/model/measurement.hpp"
#include "fat/model/on_call.hpp"
#include "fat/model/plan.hpp"
#include "fat/model/plan_edit.hpp"
#include "fat/model/prompt.hpp"
#include "fat/model/run_status.hpp"

namespace fat {

/// Names one attempt of one step. Attempts count from 1.
struct AttemptKey {
  StepList list = StepList::Main;
  std::string title;
  int attempt = 1;

  auto operator<=>(const AttemptKey&) const = default;
};

/// A run begins its life. `imported_done` are titles that an original MasterFAT_NN holds as done.
struct RunOpened {
  std::string schedule_file;
  std::string run_file;
  std::string master_key;  ///< "MasterFAT_00": its view in the run JSON
  bool virtual_station = false;
  std::vector<std::string> imported_done;
  std::vector<CheckRecord> checks;  ///< made, confirmed or written for this run before it began
};

enum class StartMode {
  Run,
  Resume,
  Restart
};  ///< Restart: by the supervisor after the engine died

std::string_view to_string(StartMode mode);
std::optional<StartMode> parse_start_mode(std::string_view text);

/// A scheduler owns the run from here on. `from`/`until` are titles of main steps, empty when not
/// given.
struct SchedulerStarted {
  StartMode mode = StartMode::Run;
  std::string version;  ///< of fatmaster
  int pid = 0;
  std::string host;
  std::string archived_schedule;  ///< the copy made for this start; empty on Restart
  bool batch = false;
  std::string from, until;
  OnCall on_call;  ///< as station.ini and the newest hand-over say at this start
};

/// From here on the run follows this version of its plan (stored beside the events).
struct PlanAdopted {
  int version = 1;  ///< counts from 1 within the run
  std::string fingerprint;
  std::string accept_drift;       ///< reason, when the plan differs from the version before
  std::vector<std::string> redo;  ///< done steps to be done again
  std::string file_fingerprint;   ///< of what the schedule file alone says; empty: `fingerprint`
  std::vector<PlanEdit> edits;    ///< edits of the run that were done again on the file's plan
};

/// People changed steps that have not started. The plan that comes of it is stored beside it.
struct PlanEdited {
  int version = 1;
  std::string fingerprint;
  std::vector<PlanEdit> edits;
  std::string reason;
  int undoes = 0;  ///< version whose edits these take back; 0: none
};

/// The intent to start; durable before the process exists. For Wait steps the engine's own timer.
struct AttemptStarted {
  AttemptKey key;
  int index = 0;  ///< of the step in its list
  int plan_version = 1;
  std::string token;                   ///< unique; the process carries it in its environment
  std::optional<Microseconds> wait;    ///< of a Wait step: how long
  std::optional<WallTime> wait_until;  ///< of a Wait step: calendar deadline instead
  bool verify = false;  ///< runs `--verify` of the step's task: asks whether the effect is there
  StepKind kind = StepKind::Command;  ///< Wait and Prompt have no process
  Claims needs;                      ///< held until its end, whatever becomes of the plan meanwhile
  bool background = false;           ///< others may run beside it
  std::string code;                  ///< CodeUnit::code of what it runs; empty: not known
  std::vector<std::string> without;  ///< serials in quarantine: it is not told of these modules
  std::vector<std::string> last;     ///< the same of a safe action: told of them after the others
  std::vector<Window> valid_when;
};

/// The process was found alive after the death of the scheduler that started it.
struct AttemptAdopted {
  AttemptKey key;
};

/// Lines of a report, as far as they are worth keeping. `report_offset` is where to read on.
struct AttemptReported {
  AttemptKey key;
  std::uint64_t report_offset = 0;
  std::vector<Measurement> measurements;

  struct ModuleVerdict {
    std::string module;
    Verdict verdict = Verdict::Inconclusive;
    std::string reason;
  };

  std::vector<ModuleVerdict> verdicts;

  struct ModuleState {
    std::string module;
    bool responsive = true;
    std::string reason;
  };

  std::vector<ModuleState> modules;

  struct Said {
    std::string level;  ///< info, warning, critical
    std::string text;
  };

  std::vector<Said> messages;
  std::vector<std::string> artifacts;
  std::optional<double> progress;
  std::string progress_text;
  std::string checkpoint;
};

/// How the end of an attempt became known.
enum class EndCause {
  Exited,        ///< its exit record was read while the scheduler watched
  Harvested,     ///< its exit record was found afterwards
  Lost,          ///< no exit record: killed with its shim, or a power cut
  NeverStarted,  ///< the scheduler died between intent and process
  Waited,        ///< a Wait step's time has come
  Answered,      ///< by a person's answer
  Refused        ///< could not be started at all (no such program, no disk)
};

std::string_view to_string(EndCause cause);
std::optional<EndCause> parse_end_cause(std::string_view text);

struct AttemptEnded {
  AttemptKey key;
  Outcome outcome = Outcome::Errored;
  EndCause cause = EndCause::Exited;
  std::string reason;  ///< for people; empty when done
  bool try_later = false;
  bool timed_out = false;
  std::optional<int> status, signal;
  Microseconds ran{0};
  Microseconds processor{0};
  std::int64_t max_rss_kib = 0;
  std::uint64_t report_offset = 0;
  int survivors = 0;
};

/// Somebody decided about a step without running it: skip, mark, answer to a Recovery prompt.
struct StepResolved {
  std::string title;
  Outcome outcome = Outcome::Done;
  std::string reason;
};

/// The step is to run again (again from its first attempt's budget).
struct StepReopened {
  std::string title;
  std::string reason;
};

struct PromptOpened {
  Prompt prompt;
  std::optional<AttemptKey> attempt;  ///< of ManualInput and StepQuestion
};

struct PromptAnswered {
  int id = 0;
  std::string value;
  std::string reason;
  std::optional<AttemptKey> attempt;  ///< of a StepQuestion: whose process gets the answer
};

struct PromptWithdrawn {
  int id = 0;
  std::string reason;
};

/// The verbs that change the course of a run, as they were accepted.
struct PauseRequested {
  std::string reason;
};

struct PauseCancelled {
  std::string reason;
};

struct Paused {
  bool failure = false;  ///< a failure pause: the safe state comes after a while
  std::string step;      ///< that failed
  std::string reason;
};

struct Continued {
  std::string reason;
};

struct StopRequested {
  std::string reason;
  bool failure = false;  ///< because of a step, not of a person: exit code 4 instead of 5
};

struct StopCancelled {
  std::string reason;
};

enum class AfterAbort { Pause, Retry, Continue };

std::string_view to_string(AfterAbort then);
std::optional<AfterAbort> parse_after_abort(std::string_view text);

struct AbortStepRequested {
  std::string title;
  AfterAbort then = AfterAbort::Pause;
  std::string reason;
};

struct AbortRequested {
  std::string reason;
  bool halt = false;  ///< KILL at once
};

/// Nothing can be trusted enough to go on: safe state, then Broken.
struct BreakRequested {
  std::string reason;
};

struct SafeStateStarted {
  std::string reason;
};

struct SafeStateEnded {};

struct RunEnded {
  RunStatus status = RunStatus::Completed;  ///< is_ended()
  std::string reason;
};

/// Something worth keeping that changes nothing.
struct Noted {
  std::string level;  ///< info, warning, critical
  std::string text;
};

/// A module takes no part in the attempts that start from here on.
struct ModuleQuarantined {
  std::string module;  ///< serial
  std::string reason;
  std::optional<AttemptKey> attempt;  ///< that reported it unresponsive; none: a person said so
};

struct ModuleReleased {
  std::string module;
  std::string reason;
};

/// From here on only the one who said so may change the course of the run, for that long.
struct ControlLocked {
  std::string note;
  Microseconds length{0};
  std::string taken_from;  ///< who held it, when it was taken over
  std::string reason;      ///< of taking it over
};

struct ControlUnlocked {
  std::string reason;
};

/// Somebody has read a signal of the station: a step, or a file that the plan names.
struct SignalRead {
  std::string signal;
  double value = 0;
  std::string unit;
  WallTime at;       ///< when it was read
  std::string from;  ///< title of the step; empty for a file
};

/// Somebody wrote into the logbook. Changes nothing.
struct Logged {
  std::string text;  ///< plain_lines()
  std::vector<LogAttachment> attachments;
  bool new_run = false;  ///< the form that a logbook asks for at the start of a run
};

using EventBody = std::variant<RunOpened,
                               SchedulerStarted,
                               PlanAdopted,
                               AttemptStarted,
                               AttemptAdopted,
                               AttemptReported,
                               AttemptEnded,
                               StepResolved,
                               StepReopened,
                               PromptOpened,
                               PromptAnswered,
                               PromptWithdrawn,
                               PauseRequested,
                               PauseCancelled,
                               Paused,
                               Continued,
                               StopRequested,
                               StopCancelled,
                               AbortStepRequested,
                               AbortRequested,
                               BreakRequested,
                               SafeStateStarted,
                               SafeStateEnded,
                               RunEnded,
                               Noted,
                               CodeSeen,
                               ModuleQuarantined,
                               ModuleReleased,
                               PlanEdited,
                               ControlLocked,
                               ControlUnlocked,
                               SignalRead,
                               Logged,
                               ShiftTaken,
                               Acknowledged,
                               PersonCalled,
                               PromptReminded,
                               ReplyRead>;

/// `who` of what the program itself decided.
inline constexpr const char* kProgram = "fatmaster";

struct Event {
  int run = 0;
  Instant at;
  std::string who;  ///< "fatmaster", or "anna (uid 1000) at terminal /dev/pts/3"
  EventBody body;
};

/// "attempt_started", ...: the journal's `kind` column.
std::string_view kind_of(const EventBody& body);

/// The stored form of a body, without its kind. Absent fields are left out, unknown ones ignored
/// when read.
std::string to_json_text(const EventBody& body);
/// Throws std::invalid_argument for an unknown kind or a text that is not such a body.
EventBody event_body_from_json_text(std::string_view kind, std::string_view text);

}  // namespace fat
