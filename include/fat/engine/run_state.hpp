// Events of one run -> what we know now. Stop 8 of the straight way; recovery is the same apply() on the stored events.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fat/model/event.hpp"
#include "fat/model/plan.hpp"

namespace fat {

/// An attempt that has started and not ended.
struct AttemptState {
  AttemptStarted start;
  Instant at;
  bool adopted = false;
  std::optional<double> progress;
  std::string text;
  std::string checkpoint;
  std::uint64_t report_offset = 0;
  std::optional<EndedBy> asked_to_end;  ///< Abort or Halt
  Instant asked_at;                     ///< when it was asked to end
  AfterAbort then = AfterAbort::Pause;  ///< after abort-step
  std::string abort_reason;
};

/// A prompt nobody has answered.
struct OpenPrompt {
  PromptOpened asked;
  Instant at;
};

/// What the newest attempt of a step said about one module.
struct ModuleResult {
  Verdict verdict = Verdict::NotRun;
  std::string reason;
  std::set<std::string> names;  ///< measurements that were reported
};

/// What we know of one step over all its attempts.
struct StepState {
  StepList list = StepList::Main;
  std::optional<Outcome> outcome;  ///< final; nothing but StepReopened takes it back
  bool open = false;               ///< an attempt is running
  int attempts = 0;                ///< started so far; numbers the folders
  int tries = 0;                   ///< ended errored since the step was (re)opened
  int later_tries = 0;             ///< ended with "try again later" since then
  bool undecided = false;          ///< may have had its effect: `recovery` says what now
  std::optional<AfterAbort> after_abort;  ///< the last attempt was ended by abort-step
  bool verified_absent = false;    ///< the hardware said the effect is not there: run it again
  bool verify_failed = false;      ///< the hardware could not tell: a person must
  std::optional<AttemptEnded> last_end;
  Instant last_end_at;
  std::optional<Microseconds> wait_left;  ///< of a Wait step that was stopped: what it has still to wait
  Instant wait_left_at;
  std::optional<WallTime> first_started, ended;
  Microseconds ran{0};
  std::string reason;  ///< of the final outcome
  std::map<std::string, ModuleResult> modules;  ///< by serial
};

/// Everything one can know about a run from its events. A plain record: apply() is its only writer.
class RunState {
 public:
  /// The state before any event, for a plan. Titles of older plan versions are kept too.
  explicit RunState(const Plan& plan);

  /// Throws std::logic_error when the event cannot follow what is known: our own bug or a foreign journal.
  void apply(const Event& event);

  /// nullptr when neither the plan nor the history has such a step.
  const StepState* step(std::string_view title) const;
  const StepState& main_step(std::size_t index) const { return *main_[index]; }
  /// Index of the first main step without a final outcome at or after `from`; the number of steps when there is none.
  std::size_t cursor() const { return cursor_; }
  RunStatus status() const;
  /// The open attempt of Main, OnResume or SafeState, of which there is at most one outside an unkillable process.
  const AttemptState* exclusive() const;
  bool is_ending() const { return broken || aborting || stopping; }

  bool opened = false;
  RunOpened opening;
  Instant opened_at, last_seen;
  SchedulerStarted scheduler;  ///< newest; batch, from, until are those of the newest Run or Resume
  int restarts = 0;            ///< by the supervisor, without an attempt's end in between
  int plan_version = 0;
  std::string plan_fingerprint;

  std::map<AttemptKey, AttemptState> open;
  std::map<int, OpenPrompt> prompts;  ///< unanswered, by number
  int last_prompt = 0;

  bool pausing = false, paused = false;
  Paused pause;
  Instant paused_at;
  bool stopping = false, aborting = false, halting = false, broken = false;
  StopRequested stop;
  std::string abort_reason;
  Instant abort_at;

  bool bench_safe = false;       ///< the safe state ran and nothing was started since
  bool safe_state_active = false;
  bool ending_made_safe = false;  ///< the safe state that comes before the end is done
  bool safe_in_pause = false;     ///< it already ran in this pause
  std::size_t safe_next = 0;      ///< next action of the active safe state
  std::string safe_reason;

  bool needs_on_resume = false;
  std::size_t on_resume_next = 0;

  bool backup_due = false;  ///< a step with run_backup ended and no backup started since
  int backups = 0;  ///< attempts of the backup step

  std::optional<RunStatus> ended;
  std::string end_reason;
  WallTime ended_at;
  std::vector<WallTime> manual_inputs;
  std::string terminated;

 private:
  void on(const RunOpened& body, const Event& event);
  void on(const SchedulerStarted& body, const Event& event);
  void on(const PlanAdopted& body, const Event& event);
  void on(const AttemptStarted& body, const Event& event);
  void on(const AttemptAdopted& body, const Event& event);
  void on(const AttemptReported& body, const Event& event);
  void on(const AttemptEnded& body, const Event& event);
  void on(const StepResolved& body, const Event& event);
  void on(const StepReopened& body, const Event& event);
  void on(const PromptOpened& body, const Event& event);
  void on(const PromptAnswered& body, const Event& event);
  void on(const PromptWithdrawn& body, const Event& event);
  void on(const PauseRequested& body, const Event& event);
  void on(const PauseCancelled& body, const Event& event);
  void on(const Paused& body, const Event& event);
  void on(const Continued& body, const Event& event);
  void on(const StopRequested& body, const Event& event);
  void on(const StopCancelled& body, const Event& event);
  void on(const AbortStepRequested& body, const Event& event);
  void on(const AbortRequested& body, const Event& event);
  void on(const BreakRequested& body, const Event& event);
  void on(const SafeStateStarted& body, const Event& event);
  void on(const SafeStateEnded& body, const Event& event);
  void on(const RunEnded& body, const Event& event);
  void on(const Noted& body, const Event& event);

  StepState& step_for(StepList list, const std::string& title);
  void end_of_process(StepState& step, const AttemptState& attempt, const AttemptEnded& end);
  void end_of_safe_action(StepState& step, const AttemptEnded& end);
  static void start_over(StepState& step);
  void begin_again();
  void end_of_main(const StepState& step, const std::string& title);
  void withdraw(PromptPurpose purpose);
  void ask_all_to_end(EndedBy how, const Instant& at);
  void move_cursor();
  void require(bool condition, const char* what) const;

  std::unordered_map<std::string, StepState> steps_;  ///< node-based: pointers stay valid
  std::unordered_map<std::string, std::size_t> main_index_;
  std::vector<StepState*> main_;
  std::vector<bool> wants_backup_;  ///< by index in main_
  std::vector<std::string> on_resume_titles_, safe_titles_;
  std::vector<int> safe_attempts_;
  std::size_t cursor_ = 0;
};

}  // namespace fat
