// Where a run stands, for people and programs: what `status`, the live view and the API show.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fat/model/eta.hpp"
#include "fat/model/event.hpp"
#include "fat/model/instant.hpp"
#include "fat/model/outcome.hpp"
#include "fat/model/plan.hpp"
#include "fat/model/prompt.hpp"
#include "fat/model/run_status.hpp"

namespace fat {

/// One open attempt.
struct OpenAttempt {
  AttemptKey key;
  int index = 0;
  StepKind kind = StepKind::Command;
  Instant started;
  std::string token;
  bool adopted = false;
  std::optional<double> progress;
  std::string text;
  std::optional<Microseconds> remaining;  ///< of a wait
  std::optional<Microseconds> expected;   ///< of a process: what it usually takes, as a whole
  std::optional<EndedBy> asked_to_end;    ///< Abort or Halt
  std::uint64_t report_offset = 0;        ///< where to read its report on
  bool verify = false;
  bool has_copy = false;    ///< its step was given a run JSON of its own, without some modules
  Claims needs;             ///< what it holds; empty: the whole bench
  bool background = false;  ///< others may run beside it
  std::vector<std::pair<int, std::string>>
      answers;  ///< given to its questions: prompt number, value
};

/// One line of the step table.
struct StepSummary {
  int index = 0;
  std::string title;
  std::string task;
  StepKind kind = StepKind::Command;
  std::optional<Outcome> outcome;  ///< final; none while pending or open
  std::string state;  ///< "pending", "running", "retry in 4 min", "done", "errored", "asks for a
                      ///< decision", ...
  int attempts = 0;
  std::optional<WallTime> started, ended;
  Microseconds ran{0};      ///< of all attempts together
  std::string reason;       ///< why it did not end done, or why its results are not valid
  std::string environment;  ///< why its results are not valid; empty when they are

  bool operator==(const StepSummary&) const = default;
};

/// When a question was asked, and when its default is taken.
struct PromptTimes {
  WallTime asked;
  std::optional<WallTime> deadline;
};

struct ModuleSummary {
  std::string serial;
  Verdict verdict = Verdict::NotRun;
  int steps_with_result = 0, steps_planned = 0;
  std::string reason;
  bool quarantined = false;
  std::string quarantine;  ///< why and by whom; empty when it is not in quarantine
};

/// How often something of a kind has happened to the run; for who asks whether anything is new.
struct ChangeCounters {
  std::uint64_t events = 0;  ///< all that is stored, but for reports
  std::uint64_t plan = 0;    ///< the plan or its version
  std::uint64_t steps = 0;   ///< starts, ends, decisions
  std::uint64_t prompts = 0;
  std::uint64_t reports = 0;  ///< progress and measurements; may be less after a restart
};

/// Another text whenever anything has happened, progress too.
std::string change_mark(const ChangeCounters& counters);

/// "{"mark":"12.3","events":12,...}": GET /v1/changes.
std::string to_json_text(const ChangeCounters& counters);

/// Somebody has the control for himself.
struct LockSummary {
  std::string who;
  std::string note;
  WallTime until;
};

/// Something that needs a person.
struct AlertSummary {
  std::string id;
  std::string text;
  WallTime since;
  std::string acknowledged;         ///< by whom; empty: by nobody
  std::vector<std::string> called;  ///< who was told of it
  std::string next;                 ///< who is called next; empty: nobody
  std::optional<WallTime> next_at;
};

struct RunSummary {
  int run = 0;
  RunStatus status = RunStatus::Idle;
  std::string why;  ///< why the run does not go on, and what to type; or what it is doing
  std::string schedule_file, run_file;
  bool virtual_station = false;
  bool verdicts_declared = false;  ///< false: "no verdicts"
  std::vector<StepSummary> steps;
  std::vector<OpenAttempt> open;
  std::vector<Prompt> prompts;            ///< unanswered, oldest first
  std::vector<PromptTimes> prompt_times;  ///< of each of `prompts`; may be empty
  int last_prompt = 0;                    ///< highest number given so far
  int plan_version = 0;
  std::optional<LockSummary> lock;
  OnCall on_call;
  std::vector<AlertSummary> alerts;  ///< open, oldest first
  ChangeCounters counters;
  std::vector<ModuleSummary> modules;
  std::vector<std::string>
      pending;  ///< verbs accepted and not yet carried out: "pause after this step"
  std::optional<WallTime> started, ended;
  std::optional<Eta> eta;  ///< while it goes on, when the past is known
  int exit_code = 0;       ///< when ended (DESIGN 10)

  // What only the run JSON's view needs (DESIGN 8).
  std::string master_key;               ///< "MasterFAT_00"
  std::string archived_schedule;        ///< of the newest start
  std::vector<WallTime> manual_inputs;  ///< moments of "yes" to a ManualInput prompt
  std::string terminated;               ///< reason of "no", stop or abort; empty: none
};

/// What of a summary is told, and what is told with it.
struct SummaryForm {
  bool steps = true;                              ///< the table of steps
  std::optional<std::string> comment;             ///< of the run JSON
  std::optional<std::vector<StepSummary>> moved;  ///< rows of the table that are new
};

/// The documented `--json` form (DESIGN 10): stable; fields are added, never renamed.
std::string to_json_text(const RunSummary& summary, const SummaryForm& form = {});

}  // namespace fat
