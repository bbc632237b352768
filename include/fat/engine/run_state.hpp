// Events of one run -> what we know now. Stop 8 of the straight way; recovery is the same apply()
// on the stored events.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "fat/engine/alerts.hpp"
#include "fat/engine/step_state.hpp"
#include "fat/engine/turns.hpp"
#include "fat/model/event.hpp"
#include "fat/model/plan.hpp"

namespace fat {

/// Everything one can know about a run from its events. A plain record: apply() is its only writer.
class RunState {
 public:
  /// The state before any event, for a plan. Steps that only older versions of the plan have are
  /// kept too.
  explicit RunState(const Plan& plan);
  /// The plan was edited: only main steps that have not started differ.
  void follow(const Plan& plan);
  RunState(RunState&&) = default;
  RunState& operator=(RunState&&) = default;
  RunState(const RunState&) = delete;
  RunState& operator=(const RunState&) = delete;
  ~RunState() = default;

  /// Amortised O(1) but for a resume, which is O(number of steps). Throws std::logic_error when the
  /// event cannot follow what is known: our own bug or a foreign journal.
  void apply(const Event& event);

  /// nullptr when neither the plan nor the history has such a step. Without a list: main steps
  /// first.
  const StepState* step(StepList list, const std::string& title) const;
  const StepState* step(const std::string& title) const;

  const StepState& main_step(std::size_t index) const { return *main_[index]; }

  /// Index of the first main step that has not ended; the number of steps when there is none.
  std::size_t cursor() const { return turns_.first(); }

  /// Indices of the main steps whose turn has come, not beyond `--until`.
  std::vector<std::size_t> turns() const { return turns_.up_to(until_); }

  /// The main steps in the background that stand before this one and have not ended.
  std::vector<std::size_t> background_before(std::size_t index) const {
    return turns_.background_before(index);
  }

  /// Index of the next on_resume step that has to succeed; their number when there is none.
  std::size_t set_up_cursor() const { return set_up_cursor_; }

  /// Every step up to `--until` is finished.
  bool reached_until() const { return cursor() > until_; }

  /// `--from` jumps over this main step.
  bool is_jumped_over(std::size_t index) const { return index < from_ && !main_[index]->wanted; }

  /// A main step that has ended or is jumped over, or one the plan does not have.
  bool has_ended(const std::string& title) const;

  /// False for a step that the plan does not have.
  bool is_jumped_over(const std::string& title) const;

  /// How long the lock still holds; 0 when there is none.
  Microseconds lock_left(const Instant& now) const;

  /// The lock while it holds; nullptr when there is none or it has expired.
  const ControlLock* held_lock(const Instant& now) const;

  RunStatus status() const;
  /// The oldest attempt that holds something of the bench: any but a backup. nullptr when all of it
  /// is free.
  const AttemptState* holder() const;
  /// All that hold something of the bench, oldest first.
  std::vector<const AttemptState*> holders() const;
  /// What no verb can hurry and holds the bench: it survived KILL or its own time-out. nullptr when
  /// there is nothing like that.
  const AttemptState* held_up_by() const;

  bool is_ending() const { return broken || aborting || stopping; }

  RunTime time(const Instant& now) const;

  bool opened = false;
  RunOpened opening;
  Instant opened_at, last_seen;
  SchedulerStarted scheduler;  ///< newest Run or Resume; `from` is kept until another is given
  int restarts = 0;            ///< by the supervisor, without a proper end of an attempt in between
  int plan_version = 0;
  std::string plan_fingerprint;
  std::string file_fingerprint;         ///< of what the schedule file alone said
  std::vector<PlanEdit> edits;          ///< made since on what it said, without those taken back
  std::vector<UndoableEdits> undoable;  ///< newest last
  std::optional<ControlLock> lock;      ///< it may have expired
  ChangeCounters counters;

  std::vector<AttemptState> open;     ///< in order of their start
  std::map<int, OpenPrompt> prompts;  ///< unanswered, by number
  Signals signals;
  Alerts alerts;  ///< questions and critical messages, and who was told of them
  int last_prompt = 0;

  bool pausing = false, paused = false;
  Paused pause;
  RunTime paused_since{0};
  bool stopping = false, aborting = false, halting = false, broken = false;
  StopRequested stop;
  std::string abort_reason;  ///< of the abort or of what broke the run

  bool safe_state_active = false;
  std::size_t safe_next = 0;  ///< its current action
  bool safe_for_end = false;  ///< it ran since the end was asked for
  bool safe_since_question =
      false;  ///< it ran since a failure or an interruption asked for a person, and nothing else
  RunTime free_since{0};  ///< the newest end of a step

  bool backup_due = false;  ///< a step with run_backup ended and no backup started since
  int backups = 0;          ///< attempts of the backup step

  std::optional<RunStatus> ended;
  std::string end_reason;
  WallTime ended_at;
  std::vector<WallTime> manual_inputs;
  std::string terminated;

  KnownCode code;                                 ///< behind the steps
  std::map<std::string, Quarantine> quarantined;  ///< by serial
  /// Modules of the plan that were reported unresponsive and are not in quarantine yet.
  std::map<std::string, ModuleQuarantined> unresponsive;
  std::size_t accepted_quarantines = 0;  ///< so many did a person see who continued

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
  void on(const Logged& body, const Event& event);
  void on(const CodeSeen& body, const Event& event);
  void on(const ModuleQuarantined& body, const Event& event);
  void on(const ModuleReleased& body, const Event& event);
  void on(const PlanEdited& body, const Event& event);
  void on(const ControlLocked& body, const Event& event);
  void on(const ControlUnlocked& body, const Event& event);
  void count_change(const EventBody& body);
  void find_limits();
  void on(const SignalRead& body, const Event& event);
  void on(const ShiftTaken& body, const Event& event);
  void on(const Acknowledged& body, const Event& event);
  void on(const PersonCalled& body, const Event& event);
  void on(const PromptReminded& body, const Event& event);
  void on(const ReplyRead& body, const Event& event);
  void cry(const std::string& text, const Event& event);

  StepState& step_for(StepList list, const std::string& title);
  StepState& decided_step(const std::string& title);
  AttemptState& open_attempt(const AttemptKey& key);
  void end_of_environment(StepState& step, AttemptState& attempt, const AttemptEnded& end) const;
  void end_of_step(StepState& step, const AttemptState& attempt, const AttemptEnded& end);
  void end_of_safe_action(const StepState& step,
                          const AttemptState& attempt,
                          const AttemptEnded& end);
  void reopen(const std::string& title);
  void new_scheduler(const SchedulerStarted& body);
  void begin_again();
  void begin_set_up();
  void begin_safe_list();
  void start_all_over(StepList list);
  void ask_all_to_end(EndedBy how);
  bool is_over(std::size_t index) const;
  void move_cursors();

  std::array<std::unordered_map<std::string, StepState>, 3>
      steps_;  ///< by list; node-based: pointers stay valid
  std::unordered_map<std::string, std::size_t> main_index_;
  std::vector<StepState*> main_, set_up_, safe_;
  std::set<std::string> serials_;   ///< of the plan's modules
  std::vector<bool> wants_backup_;  ///< by index in main_
  Turns turns_;
  std::vector<int> safe_attempts_;  ///< by index in safe_
  std::size_t set_up_cursor_ = 0, from_ = 0, until_ = 0;
  RunTime time_{0};  ///< at last_seen
  RunTime safe_since_{0}, set_up_since_{0};
};

}  // namespace fat
