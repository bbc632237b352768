// The order in which things are decided: prompts, timers, backups, the safe state, the end, pauses,
// then the next step.
#include "fat/engine/decide.hpp"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "engine/decider.hpp"
#include "engine/lanes.hpp"

namespace fat {

namespace {

/// A calendar deadline is looked at again at least this often: the wall clock may be stepped.
constexpr Microseconds kCalendarCheck = std::chrono::minutes{10};

/// Not an action of the safe state, not a backup.
bool is_step(StepList list) {
  return list == StepList::Main || list == StepList::OnResume;
}

}  // namespace

Decision Decider::run() {
  if (!state_.opened || state_.ended) {
    return {};
  }
  constexpr std::array order{&Decider::break_off,
                             &Decider::quarantine_unresponsive,
                             &Decider::answer_overdue_prompts,
                             &Decider::call_people,
                             &Decider::refuse_questions,
                             &Decider::settle_waits_and_questions,
                             &Decider::start_backup,
                             &Decider::go_on};
  for (const auto stage : order) {
    (this->*stage)();
    if (!decision_.events.empty()) {
      break;
    }
  }
  return std::move(decision_);
}

void Decider::break_off() {
  if (state_.restarts < kMaxRestarts || state_.is_ending()) {
    return;
  }
  const auto where =
      state_.holder() == nullptr ? "between two steps" : "in step " + holders_text(state_);
  say(BreakRequested{fmt::format("the engine died {} times {}", state_.restarts, where)});
}

/// Who is told about a module that does not answer must not have to wait for a person.
void Decider::quarantine_unresponsive() {
  for (const auto& [serial, reported] : state_.unresponsive) {
    say(reported);
  }
}

void Decider::wake_after(Microseconds left) {
  decision_.wake_after = decision_.wake_after ? std::min(*decision_.wake_after, left) : left;
}

bool Decider::is_due(RunTime since, Microseconds length) {
  const auto left = since + length - time_;
  if (left <= Microseconds{0}) {
    return true;
  }
  wake_after(left);
  return false;
}

bool Decider::is_open(StepList list) const {
  return std::ranges::any_of(state_.open,
                             [&](const auto& attempt) { return attempt.start.key.list == list; });
}

void Decider::answer_overdue_prompts() {
  for (const auto& [id, open] : state_.prompts) {
    const auto& prompt = open.asked.prompt;
    if (prompt.deadline && !prompt.default_value.empty() && is_due(open.since, *prompt.deadline)) {
      decision_.events =
          answer_events(state_, open.asked, prompt.default_value, "nobody answered in time");
      return;
    }
  }
}

/// One after another, as long as nobody says that he has seen it. What is due for one person is
/// told together.
void Decider::call_people() {
  const auto& book = state_.alerts.book();
  std::map<std::string, std::vector<std::string>> calls;
  for (const auto& alert : book.alerts) {
    const auto next = alert.acknowledged.empty() ? next_called(book, alert) : std::nullopt;
    if (next && is_due(alert.last_call, book.on_call.escalate_after)) {
      calls[*next].push_back(alert.id);
    }
    if (alert.remind_every && is_due(alert.last_reminder, *alert.remind_every)) {
      say(PromptReminded{alert.prompt});
    }
  }
  for (auto& [person, alerts] : calls) {
    say(PersonCalled{person, std::move(alerts)});
  }
}

/// --batch: questions that are open already (asked by a step, or before the resume) are not waited
/// for.
void Decider::refuse_questions() {
  if (!state_.scheduler.batch || state_.is_ending() || state_.prompts.empty()) {
    return;
  }
  for (const auto& [id, open] : state_.prompts) {
    if (!open.asked.prompt.default_value.empty()) {
      decision_.events = answer_events(
          state_, open.asked, open.asked.prompt.default_value, "--batch asks no questions");
      return;
    }
  }
  refuse_question(state_.prompts.begin()->second.asked);
}

void Decider::refuse_question(const PromptOpened& asked) {
  const auto& title = asked.prompt.step;
  if (asked.prompt.purpose != PromptPurpose::StepQuestion) {
    nobody_to_ask(fmt::format("step '{}' needs an answer", title));
    return;
  }
  const auto found = std::ranges::find_if(
      state_.open, [&](const auto& one) { return one.start.key == asked.attempt; });
  if (found != state_.open.end() && is_step(found->start.key.list) && !found->asked_to_end) {
    say(AbortStepRequested{title, AfterAbort::Pause, "it asks, and --batch answers no questions"});
  }
}

void Decider::settle_waits_and_questions() {
  for (const auto& attempt : state_.open) {
    const auto kind = attempt.start.kind;
    if (kind != StepKind::Wait && kind != StepKind::Prompt) {
      continue;
    }
    const bool safe_action = attempt.start.key.list == StepList::SafeState;
    if (attempt.asked_to_end || (state_.is_ending() && !safe_action)) {
      const bool wait = kind == StepKind::Wait;
      say(AttemptEnded{.key = attempt.start.key,
                       .outcome = Outcome::Aborted,
                       .cause = wait ? EndCause::Waited : EndCause::Answered,
                       .reason = wait ? "ended before its time" : "ended without an answer",
                       .ran = elapsed(attempt.at, now_)});
    } else if (kind == StepKind::Wait) {
      settle_wait(attempt);
    }
  }
}

void Decider::settle_wait(const AttemptState& attempt) {
  if (attempt.start.wait_until) {
    const auto left = *attempt.start.wait_until - now_.wall;
    if (left > Microseconds{0}) {
      wake_after(std::min<Microseconds>(left, kCalendarCheck));
      return;
    }
  } else if (!is_due(attempt.since, attempt.start.wait.value_or(Microseconds{0}))) {
    return;
  }
  say(AttemptEnded{.key = attempt.start.key,
                   .outcome = Outcome::Done,
                   .cause = EndCause::Waited,
                   .ran = elapsed(attempt.at, now_)});
}

void Decider::start_backup() {
  if (plan_.backup && state_.backup_due && !state_.aborting && !state_.broken &&
      !is_open(StepList::Backup)) {
    start(StepList::Backup, *plan_.backup, 0);
  }
}

void Decider::go_on() {
  if (state_.safe_state_active) {
    make_safe();
  } else if (state_.is_ending()) {
    end_the_run();
  } else if (state_.held_up_by() == nullptr) {
    go_on_with_the_steps();
  }
}

/// A step in the background may fail while others run: they go on to their end, and nothing else
/// starts before somebody has decided.
void Decider::go_on_with_the_steps() {
  const bool free = state_.holder() == nullptr;
  if (free && state_.pausing && !state_.paused) {
    say(Paused{.failure = false, .step = {}, .reason = "asked for"});
  } else if (!state_.pausing && !state_.paused) {
    next_step();
  }
  if (free && decision_.events.empty() && wants_safe_state_while_asking()) {
    say(SafeStateStarted{
        fmt::format("nobody answered within {}", to_text(plan_.safe_state_after))});
  }
}

/// Whether something else has to wait for the end of this attempt: not when it survives what should
/// have ended it.
bool Decider::holds_up(const AttemptState& attempt) {
  std::optional<Microseconds> timeout;
  switch (attempt.start.key.list) {
    case StepList::Main:
    case StepList::OnResume:
      return !attempt.asked_to_end || !is_due(attempt.asked_since, kUnkillableAfter);
    case StepList::SafeState:
      if (const auto index = static_cast<std::size_t>(attempt.start.index);
          index < plan_.safe_state.size()) {
        timeout = plan_.safe_state[index].timeout;
      }
      break;
    case StepList::Backup:
      timeout = plan_.backup ? plan_.backup->timeout : std::nullopt;
      break;
  }
  return !is_due(attempt.since, timeout.value_or(kDefaultBound) + kUnkillableAfter);
}

/// All actions in turn. One that hangs beyond its own time-out is passed over: the others must run
/// all the same.
void Decider::make_safe() {
  for (const auto& attempt : state_.open) {
    if (attempt.start.key.list == StepList::SafeState && holds_up(attempt)) {
      return;
    }
  }
  const auto& actions = plan_.safe_state;
  auto next = state_.safe_next;
  const auto known = [&] { return state_.step(StepList::SafeState, actions[next].title); };
  while (next < actions.size() && known()->open) {
    ++next;
  }
  if (next >= actions.size()) {
    say(SafeStateEnded{});
  } else if (known()->tries == 0 || is_due(known()->last_end_since, actions[next].retry_delay)) {
    start(StepList::SafeState, actions[next], next);
  }
}

void Decider::end_the_run() {
  for (const auto& attempt : state_.open) {
    if (is_step(attempt.start.key.list) && holds_up(attempt)) {
      return;
    }
  }
  if (state_.broken) {
    finish(RunStatus::Broken, state_.abort_reason);
  } else if (state_.aborting) {
    finish(RunStatus::Aborted, state_.abort_reason);
  } else {
    finish(RunStatus::Stopped, state_.stop.reason);
  }
}

/// The safe state, the backup that still runs unless there is hurry, the end.
void Decider::finish(RunStatus status, const std::string& reason) {
  if (!state_.safe_for_end && !plan_.safe_state.empty()) {
    say(SafeStateStarted{fmt::format("the run is {}", to_string(status))});
    return;
  }
  const bool hurry = status == RunStatus::Aborted || status == RunStatus::Broken;
  for (const auto& attempt : state_.open) {
    if (!hurry && attempt.start.key.list == StepList::Backup && holds_up(attempt)) {
      return;
    }
  }
  say(RunEnded{status, reason});
}

/// A failure or an interruption that nobody has decided about for `safe_state_after`. While other
/// steps go on beside an interrupted one, the bench is used: it counts from their end.
bool Decider::wants_safe_state_while_asking() {
  if (state_.safe_since_question || plan_.safe_state.empty()) {
    return false;
  }
  std::optional<RunTime> since;
  if (state_.paused && state_.pause.failure) {
    since = state_.paused_since;
  }
  for (const auto& [id, open] : state_.prompts) {
    if (open.asked.prompt.purpose == PromptPurpose::Recovery) {
      const auto idle = std::max(open.since, state_.free_since);
      since = std::min(since.value_or(idle), idle);
    }
  }
  return since && is_due(*since, plan_.safe_state_after);
}

Decision decide(const Plan& plan, const RunState& state, const Instant& now, Steps steps) {
  return Decider{plan, state, now, steps}.run();
}

}  // namespace fat
