// The events of the run as a whole, and of the decisions about it.
#include "fat/engine/run_state.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "engine/event_rules.hpp"

namespace fat {

namespace {

bool holds_something(const AttemptState& attempt) {
  return attempt.start.key.list != StepList::Backup;
}

}  // namespace

RunState::RunState(const Plan& plan) {
  steps_[0].reserve(plan.steps.size());
  follow(plan);
  for (const auto& module : plan.modules) {
    serials_.insert(module.serial);
  }
  for (const auto& step : plan.safe_state) {
    safe_.push_back(&step_for(StepList::SafeState, step.title));
    safe_attempts_.push_back(step.attempts);
  }
  for (const auto& step : plan.on_resume) {
    set_up_.push_back(&step_for(StepList::OnResume, step.title));
  }
  set_up_cursor_ = set_up_.size();
}

Microseconds RunState::lock_left(const Instant& now) const {
  return lock ? std::max(lock->since + lock->said.length - time(now), Microseconds{0})
              : Microseconds{0};
}

const ControlLock* RunState::held_lock(const Instant& now) const {
  return lock && lock_left(now) > Microseconds{0} ? &*lock : nullptr;
}

StepState& RunState::step_for(StepList list, const std::string& title) {
  return steps_.at(static_cast<std::size_t>(list))[title];
}

const StepState* RunState::step(StepList list, const std::string& title) const {
  if (list == StepList::Backup) {
    return nullptr;
  }
  const auto& steps = steps_.at(static_cast<std::size_t>(list));
  const auto found = steps.find(title);
  return found == steps.end() ? nullptr : &found->second;
}

const StepState* RunState::step(const std::string& title) const {
  for (const auto list : {StepList::Main, StepList::OnResume, StepList::SafeState}) {
    if (const auto* known = step(list, title)) {
      return known;
    }
  }
  return nullptr;
}

/// The step a person decides about: never one of the safe state.
StepState& RunState::decided_step(const std::string& title) {
  const bool set_up =
      step(StepList::Main, title) == nullptr && step(StepList::OnResume, title) != nullptr;
  return step_for(set_up ? StepList::OnResume : StepList::Main, title);
}

const AttemptState* RunState::holder() const {
  const auto found = std::ranges::find_if(open, holds_something);
  return found == open.end() ? nullptr : &*found;
}

std::vector<const AttemptState*> RunState::holders() const {
  std::vector<const AttemptState*> all;
  for (const auto& attempt : open) {
    if (holds_something(attempt)) {
      all.push_back(&attempt);
    }
  }
  return all;
}

const AttemptState* RunState::held_up_by() const {
  if (safe_state_active || is_ending()) {
    return nullptr;
  }
  const auto found = std::ranges::find_if(open, [](const auto& attempt) {
    return attempt.start.key.list == StepList::SafeState ||
           (holds_something(attempt) && attempt.asked_to_end && !attempt.then);
  });
  return found == open.end() ? nullptr : &*found;
}

RunStatus RunState::status() const {
  if (ended) {
    return *ended;
  }
  if (!opened) {
    return RunStatus::Idle;
  }
  if (aborting || broken) {
    return RunStatus::Aborting;
  }
  if (stopping) {
    return RunStatus::Stopping;
  }
  if (paused) {
    return RunStatus::Paused;
  }
  if (held_up_by() != nullptr) {
    return RunStatus::Suspended;
  }
  if (pausing) {
    return RunStatus::Pausing;
  }
  return prompts.empty() ? RunStatus::Running : RunStatus::Waiting;
}

RunTime RunState::time(const Instant& now) const {
  return last_seen.boot_id.empty() ? RunTime{0} : time_ + elapsed(last_seen, now);
}

void RunState::apply(const Event& event) {
  if (const auto why = why_illegal(*this, event.body); !why.empty()) {
    throw std::logic_error{fmt::format(
        "illegal event {} while the run is {}: {}", kind_of(event.body), to_string(status()), why)};
  }
  time_ = time(event.at);
  std::visit([&](const auto& body) { on(body, event); }, event.body);
  last_seen = event.at;
  alerts.keep_questions([this](int id) { return prompts.contains(id); });
  count_change(event.body);
}

void RunState::count_change(const EventBody& body) {
  if (std::holds_alternative<AttemptReported>(body)) {
    ++counters.reports;
    return;
  }
  ++counters.events;
  const auto is = [&]<typename... Body>() { return (std::holds_alternative<Body>(body) || ...); };
  counters.plan += is.operator()<PlanAdopted, PlanEdited>() ? 1 : 0;
  counters.steps +=
      is.operator()<AttemptStarted, AttemptAdopted, AttemptEnded, StepResolved, StepReopened>() ? 1
                                                                                                : 0;
  counters.prompts += is.operator()<PromptOpened, PromptAnswered, PromptWithdrawn>() ? 1 : 0;
}

void RunState::on(const RunOpened& body, const Event& event) {
  opened = true;
  opening = body;
  opened_at = event.at;
  for (const auto& title : body.imported_done) {
    auto& step = step_for(StepList::Main, title);
    step.outcome = Outcome::Done;
    step.reason = "done by the original master script";
  }
  move_cursors();
}

void RunState::on(const SchedulerStarted& body, const Event& event) {
  alerts.follow(body.on_call);
  for (auto& attempt : open) {
    attempt.orphan = true;
    attempt.asked_since = time_;
  }
  if (body.mode == StartMode::Restart) {
    restarts += ended ? 0 : 1;
  } else {
    new_scheduler(body);
  }
  if (last_seen.boot_id != event.at.boot_id) {  // nobody knows what the bench did meanwhile
    safe_since_question = false;
    begin_set_up();
  }
  const bool in_action = safe_next < safe_.size() && safe_[safe_next]->open;
  if (safe_state_active && !in_action) {
    begin_safe_list();
  }
  move_cursors();
}

void RunState::new_scheduler(const SchedulerStarted& body) {
  restarts = 0;
  if (ended) {
    begin_again();
  }
  const auto before = scheduler.from;
  scheduler = body;
  if (body.from.empty()) {
    scheduler.from = before;
  } else {
    for (auto* step : main_) {
      step->wanted = false;
    }
  }
  find_limits();
}

/// What an ended run forgets when it is resumed: why it ended, and the failures it ended with.
void RunState::begin_again() {
  ended.reset();
  stopping = aborting = halting = broken = safe_for_end = false;
  stop = {};
  terminated.clear();
  for (const auto* steps : {&main_, &set_up_}) {
    for (auto* step : *steps) {
      step->losses = 0;
      if (!step->outcome && step->last_end && step->last_end->outcome == Outcome::Errored) {
        step->last_end.reset();
        step->tries = step->later_tries = 0;
      }
    }
  }
}

void RunState::on(const StepResolved& body, const Event& event) {
  auto& step = decided_step(body.title);
  step.outcome = body.outcome;
  step.waived = body.outcome == Outcome::Skipped;
  step.reason = body.reason;
  step.doubt = Doubt::None;
  if (!step.ended) {
    step.ended = event.at.wall;
  }
  move_cursors();
}

void RunState::on(const StepReopened& body, const Event&) {
  reopen(body.title);
  decided_step(body.title).reason = body.reason;
  move_cursors();
}

void RunState::on(const PromptOpened& body, const Event& event) {
  last_prompt = body.prompt.id;
  prompts.emplace(body.prompt.id, OpenPrompt{.asked = body, .at = event.at.wall, .since = time_});
  alerts.ask(body.prompt, time_, event.at.wall);
  if (body.prompt.purpose == PromptPurpose::Recovery) {
    safe_since_question = false;
  }
}

void RunState::on(const PromptAnswered& body, const Event& event) {
  const auto found = prompts.find(body.id);
  const auto& asked = found->second.asked;
  if (asked.prompt.purpose == PromptPurpose::StepQuestion && asked.attempt) {
    open_attempt(*asked.attempt).answers.emplace_back(body.id, body.value);
  } else if (asked.prompt.purpose == PromptPurpose::ManualInput) {
    if (body.value == "yes") {
      manual_inputs.push_back(event.at.wall);
    } else {
      terminated = body.reason.empty() ? "answered no" : body.reason;
    }
  }
  prompts.erase(found);
}

void RunState::on(const PromptWithdrawn& body, const Event&) {
  prompts.erase(body.id);
}

void RunState::on(const PauseRequested&, const Event&) {
  pausing = true;
}

void RunState::on(const PauseCancelled&, const Event&) {
  pausing = false;
}

void RunState::on(const Paused& body, const Event& event) {
  if (body.failure && body.step.empty()) {  // of a step: its question calls people
    cry(body.reason, event);
  }
  pausing = false;
  paused = true;
  pause = body;
  paused_since = time_;
  safe_since_question = false;
}

void RunState::on(const Continued&, const Event&) {
  accepted_quarantines = quarantined.size();
  alerts.close(pause.reason);
  paused = pausing = false;
  pause = {};
  std::erase_if(prompts, [](const auto& entry) {
    return entry.second.asked.prompt.purpose == PromptPurpose::Failure;
  });
}

void RunState::on(const StopRequested& body, const Event& event) {
  stopping = true;
  safe_for_end = false;
  stop = body;
  if (event.who != kProgram && terminated.empty()) {
    terminated = body.reason.empty() ? "stopped by " + event.who : body.reason;
  }
}

void RunState::on(const StopCancelled&, const Event&) {
  stopping = false;
  stop = {};
  terminated.clear();
}

void RunState::on(const AbortRequested& body, const Event& event) {
  safe_for_end = safe_for_end && aborting;
  aborting = true;
  halting = halting || body.halt;
  abort_reason = body.reason;
  terminated = body.reason.empty() ? "aborted by " + event.who : body.reason;
  ask_all_to_end(halting ? EndedBy::Halt : EndedBy::Abort);
}

void RunState::on(const BreakRequested& body, const Event&) {
  broken = true;
  safe_for_end = false;
  abort_reason = body.reason;
  ask_all_to_end(EndedBy::Abort);
}

void RunState::ask_all_to_end(EndedBy how) {
  for (auto& attempt : open) {
    const auto list = attempt.start.key.list;
    if (list == StepList::Main || list == StepList::OnResume) {
      attempt.asked_to_end = how;
      attempt.asked_since = time_;
      attempt.then.reset();
    }
  }
}

void RunState::on(const SafeStateStarted&, const Event&) {
  safe_state_active = true;
  begin_safe_list();
  begin_set_up();
}

void RunState::on(const SafeStateEnded&, const Event&) {
  safe_state_active = false;
  safe_for_end = safe_since_question = true;
}

void RunState::on(const RunEnded& body, const Event& event) {
  ended = body.status;
  end_reason = body.reason;
  ended_at = event.at.wall;
  prompts.clear();
  alerts.close_all();
  paused = pausing = false;
  pause = {};
}

void RunState::on(const Logged&, const Event&) {}

void RunState::on(const CodeSeen& body, const Event&) {
  code.add(body);
}

void RunState::on(const ModuleQuarantined& body, const Event& event) {
  quarantined[body.module] = {.reason = body.reason, .who = event.who, .since = event.at.wall};
  unresponsive.erase(body.module);
}

void RunState::on(const ModuleReleased& body, const Event&) {
  quarantined.erase(body.module);
  accepted_quarantines = std::min(accepted_quarantines, quarantined.size());
}

void RunState::on(const ControlLocked& body, const Event& event) {
  lock = ControlLock{.said = body, .who = event.who, .since = time_};
}

void RunState::on(const ControlUnlocked&, const Event&) {
  lock.reset();
}

}  // namespace fat
