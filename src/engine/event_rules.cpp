#include "engine/event_rules.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace fat {

namespace {

/// What is to start cannot run beside what is open.
bool collides(const AttemptStarted& body, const AttemptStarted& open) {
  return open.key.list != StepList::Backup &&
         ((!body.background && !open.background) || collision(body.needs, open.needs));
}

/// Says what an event lacks; the first thing wins.
class Rules {
 public:
  explicit Rules(const RunState& state) : state_(state) {}

  std::string why(const EventBody& body) {
    const bool opens = std::holds_alternative<RunOpened>(body);
    require(opens || state_.opened, "the run has not been opened");
    std::visit([this](const auto& event) { check(event); }, body);
    return std::move(why_);
  }

 private:
  void require(bool condition, std::string_view otherwise) {
    if (!condition && why_.empty()) {
      why_ = otherwise;
    }
  }

  const AttemptState* open(const AttemptKey& key) const {
    const auto found = std::ranges::find_if(
        state_.open, [&](const auto& attempt) { return attempt.start.key == key; });
    return found == state_.open.end() ? nullptr : &*found;
  }

  const OpenPrompt* prompt(int id) const {
    const auto found = state_.prompts.find(id);
    return found == state_.prompts.end() ? nullptr : &found->second;
  }

  /// The step a person decides about; nullptr when neither plan nor history has it.
  const StepState* decided(const std::string& title) const {
    const auto* main = state_.step(StepList::Main, title);
    return main != nullptr ? main : state_.step(StepList::OnResume, title);
  }

  void require_going() { require(!state_.ended, "the run has ended"); }

  void require_no_end_asked_for() {
    require_going();
    require(!state_.is_ending(), "its end is asked for already");
  }

  void check(const RunOpened&) { require(!state_.opened, "the run is opened twice"); }

  void check(const SchedulerStarted&) {}

  void check(const Noted&) {}

  void check(const CodeSeen&) {}

  void check(const ModuleQuarantined& body) {
    require(!state_.quarantined.contains(body.module), "the module is in quarantine already");
  }

  void check(const ModuleReleased& body) {
    require(state_.quarantined.contains(body.module), "the module is not in quarantine");
  }

  void check(const PlanEdited& body) {
    require(body.version > state_.plan_version, "a plan version goes backwards");
    for (const auto& edit : body.edits) {
      const auto* step = state_.step(StepList::Main, edit.title);
      require(step == nullptr || step->is_untouched(), "an edited step has begun already");
    }
  }

  void check(const ControlLocked&) {}

  void check(const ControlUnlocked&) { require(state_.lock.has_value(), "no lock is held"); }

  void check(const SignalRead&) {}

  void check(const Logged&) {}

  void check(const ShiftTaken&) {}

  /// An alert that still wants somebody.
  void require_unseen(const std::string& id) {
    const auto* alert = find_alert(state_.alerts.book(), id);
    require(alert != nullptr, "the alert is not open");
    require(alert == nullptr || alert->acknowledged.empty(), "the alert is acknowledged already");
  }

  void check(const Acknowledged& body) {
    require_going();
    require(!body.alerts.empty(), "no alert is named");
    std::ranges::for_each(body.alerts, [this](const auto& id) { require_unseen(id); });
  }

  void check(const PersonCalled& body) {
    require_going();
    require(!body.alerts.empty(), "no alert is named");
    for (const auto& id : body.alerts) {
      require_unseen(id);
      const auto* alert = find_alert(state_.alerts.book(), id);
      require(
          alert == nullptr || std::ranges::find(alert->called, body.person) == alert->called.end(),
          "that person was told already");
    }
  }

  void check(const ReplyRead& body) {
    const auto& read = state_.alerts.book().read_up_to;
    const auto newest = read.find(body.channel);
    require(newest == read.end() || is_later_reply(body.ts, newest->second),
            "the reply was read already");
  }

  void check(const PromptReminded& body) {
    require(prompt(body.id) != nullptr, "the prompt is not open");
  }

  void check(const PlanAdopted& body) {
    require(body.version > state_.plan_version, "a plan version goes backwards");
  }

  void check(const AttemptStarted& body) {
    require_going();
    if (body.key.list == StepList::Backup) {
      require(
          std::ranges::none_of(
              state_.open, [](const auto& one) { return one.start.key.list == StepList::Backup; }),
          "a backup runs already");
      return;
    }
    const auto* step = state_.step(body.key.list, body.key.title);
    require(step == nullptr || !step->open, "the step has an open attempt");
    require(body.key.attempt > (step == nullptr ? 0 : step->attempts),
            "the attempt's number is used already");
    if (body.key.list == StepList::SafeState) {
      require(!body.verify, "an action of the safe state is not verified");
      require(state_.safe_state_active, "an action of the safe state starts outside of it");
      return;
    }
    require(std::ranges::none_of(state_.open,
                                 [&](const auto& one) { return collides(body, one.start); }),
            "another attempt holds what it needs");
    require(!state_.safe_state_active, "the safe state runs");
    require(step == nullptr || !step->outcome, "the step is finished");
    require(!body.verify || (step != nullptr && step->doubt == Doubt::Open && !step->after_abort),
            "nothing is to be verified");
  }

  void check(const AttemptAdopted& body) {
    require(open(body.key) != nullptr, "the attempt is not open");
  }

  void check(const AttemptReported& body) {
    require(open(body.key) != nullptr, "the attempt is not open");
  }

  void check(const AttemptEnded& body) {
    require(open(body.key) != nullptr, "the attempt is not open");
  }

  void check(const StepResolved& body) {
    const auto* step = decided(body.title);
    require(step == nullptr || !step->open, "the step is running");
    require(step == nullptr || !step->outcome, "the step is finished");
    require(body.outcome != Outcome::Aborted || (step != nullptr && step->after_abort),
            "nobody aborted the step");
  }

  void check(const StepReopened& body) {
    const auto* step = decided(body.title);
    require(step == nullptr || !step->open, "the step is running");
  }

  void check(const PromptOpened& body) {
    require_going();
    require(body.prompt.id > state_.last_prompt, "the prompt's number is used already");
    require(!body.attempt || open(*body.attempt) != nullptr, "the attempt that asks is not open");
  }

  void check(const PromptAnswered& body) {
    const auto* asked = prompt(body.id);
    require(asked != nullptr, "the prompt is not open");
    const bool of_process =
        asked != nullptr && asked->asked.prompt.purpose == PromptPurpose::StepQuestion;
    require(!of_process || !asked->asked.attempt || open(*asked->asked.attempt) != nullptr,
            "the attempt that asked is not open");
  }

  void check(const PromptWithdrawn& body) {
    require(prompt(body.id) != nullptr, "the prompt is not open");
  }

  void check(const PauseRequested&) {
    require_no_end_asked_for();
    require(!state_.pausing && !state_.paused, "the run pauses already");
  }

  void check(const PauseCancelled&) {
    require_going();
    require(state_.pausing, "no pause is pending");
  }

  void check(const Paused& body) {
    require_no_end_asked_for();
    require(!state_.paused, "the run is paused already");
    require(state_.held_up_by() == nullptr, "a process that survives being killed holds the bench");
    require(body.failure || state_.holder() == nullptr, "an attempt holds the bench");
  }

  void check(const Continued&) { require(state_.paused, "the run is not paused"); }

  void check(const StopRequested&) { require_no_end_asked_for(); }

  void check(const StopCancelled&) {
    require_going();
    require(state_.stopping, "no stop is pending");
    require(!state_.aborting && !state_.broken, "the run is aborted");
    require(!state_.safe_state_active, "the safe state has begun");
  }

  void check(const AbortStepRequested& body) {
    require_going();
    const auto found = std::ranges::find_if(state_.open, [&](const auto& one) {
      const auto list = one.start.key.list;
      return one.start.key.title == body.title && list != StepList::SafeState &&
             list != StepList::Backup;
    });
    require(found != state_.open.end(), "the step is not running");
    require(found == state_.open.end() || !found->asked_to_end, "the step is being ended already");
  }

  void check(const AbortRequested& body) {
    require_going();
    require(!(state_.aborting || state_.broken) || (body.halt && !state_.halting),
            "the run is being aborted already");
  }

  void check(const BreakRequested&) {
    require_going();
    require(!state_.broken, "the run is broken already");
  }

  void check(const SafeStateStarted&) {
    require_going();
    require(!state_.safe_state_active, "the safe state runs already");
    require(state_.held_up_by() == nullptr, "a process that survives being killed holds the bench");
  }

  void check(const SafeStateEnded&) {
    require(state_.safe_state_active, "the safe state has not begun");
  }

  void check(const RunEnded& body) {
    require_going();
    require(!state_.safe_state_active, "the safe state runs");
    require(body.status == end_asked_for(), "another end is asked for");
    require(state_.is_ending() || (!state_.paused && !state_.pausing && !state_.held_up_by()),
            "it is held up");
  }

  RunStatus end_asked_for() const {
    if (state_.broken) {
      return RunStatus::Broken;
    }
    if (state_.aborting) {
      return RunStatus::Aborted;
    }
    return state_.stopping ? RunStatus::Stopped : RunStatus::Completed;
  }

  const RunState& state_;
  std::string why_;
};

}  // namespace

std::string why_illegal(const RunState& state, const EventBody& body) {
  return Rules{state}.why(body);
}

}  // namespace fat
