// The order in which things are decided: prompts, timers, backups, the safe state, the end, pauses,
// then the next step.
#include "fat/engine/decide.hpp"

#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

#include "engine/questions.hpp"
#include "engine/retry.hpp"
#include "engine/start_attempt.hpp"

namespace fat {

namespace {

/// A calendar deadline is looked at again at least this often: the wall clock may be stepped.
constexpr Microseconds kCalendarCheck = std::chrono::minutes{10};

class Decider {
 public:
  Decider(const Plan& plan, const RunState& state, const Instant& now)
      : plan_(plan), state_(state), now_(now), time_(state.time(now)) {}

  Decision run();

 private:
  void break_off();
  void answer_overdue_prompts();
  void refuse_questions();
  void refuse_question(const PromptOpened& asked);
  void settle_waits_and_questions();
  void settle_wait(const AttemptState& attempt);
  void start_backup();
  void go_on();
  void make_safe();
  void end_the_run();
  void finish(RunStatus status, const std::string& reason);
  bool wants_safe_state_while_asking();
  void next_step();
  void advance(StepList list, const Step& step, std::size_t index);
  void resolve_aborted(StepList list, const Step& step, const StepState& known);
  void resolve_interrupted(StepList list,
                           const Step& step,
                           std::size_t index,
                           const StepState& known);
  void fail(StepList list, const Step& step, const std::string& reason);
  void pause_for(StepList list, const Step& step, const std::string& reason);
  void start(StepList list, const Step& step, std::size_t index, bool verify = false);
  void ask(Prompt prompt, std::optional<AttemptKey> attempt = std::nullopt);
  bool nobody_to_ask(const std::string& why);
  bool is_open(StepList list) const;
  bool holds_up(const AttemptState& attempt);
  bool is_due(RunTime since, Microseconds length);
  void wake_after(Microseconds left);

  void say(EventBody body) { decision_.events.push_back(std::move(body)); }

  const Plan& plan_;
  const RunState& state_;
  const Instant& now_;
  const RunTime time_;
  Decision decision_;
};

Decision Decider::run() {
  if (!state_.opened || state_.ended) {
    return {};
  }
  static constexpr std::array kOrder{&Decider::break_off,
                                     &Decider::answer_overdue_prompts,
                                     &Decider::refuse_questions,
                                     &Decider::settle_waits_and_questions,
                                     &Decider::start_backup,
                                     &Decider::go_on};
  for (const auto stage : kOrder) {
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
  const auto* holder = state_.holder();
  const auto where =
      holder == nullptr ? "between two steps" : "in step '" + holder->start.key.title + "'";
  say(BreakRequested{fmt::format("the engine died {} times {}", state_.restarts, where)});
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
  return std::any_of(state_.open.begin(), state_.open.end(), [&](const auto& attempt) {
    return attempt.start.key.list == list;
  });
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
  const auto* holder = state_.holder();
  if (holder != nullptr && holder->start.key.title == title && !holder->asked_to_end) {
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
  } else if (state_.holder() != nullptr) {
    return;
  } else if (wants_safe_state_while_asking()) {
    say(SafeStateStarted{
        fmt::format("nobody answered within {}", to_text(plan_.safe_state_after))});
  } else if (state_.paused) {
    return;
  } else if (state_.pausing) {
    say(Paused{.failure = false, .step = {}, .reason = "asked for"});
  } else {
    next_step();
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
    const auto list = attempt.start.key.list;
    if ((list == StepList::Main || list == StepList::OnResume) && holds_up(attempt)) {
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

/// A failure or an interruption that nobody has decided about for `safe_state_after`.
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
      since = std::min(since.value_or(open.since), open.since);
    }
  }
  return since && is_due(*since, plan_.safe_state_after);
}

void Decider::next_step() {
  if (const auto next = state_.set_up_cursor(); next < plan_.on_resume.size()) {
    advance(StepList::OnResume, plan_.on_resume[next], next);
  } else if (state_.cursor() >= plan_.steps.size()) {
    finish(RunStatus::Completed, {});
  } else if (state_.reached_until()) {
    say(StopRequested{.reason = fmt::format("--until '{}' is reached", state_.scheduler.until)});
  } else {
    advance(StepList::Main, plan_.steps[state_.cursor()], state_.cursor());
  }
}

void Decider::advance(StepList list, const Step& step, std::size_t index) {
  const auto& known = *state_.step(list, step.title);
  if (known.after_abort) {
    resolve_aborted(list, step, known);
  } else if (known.losses >= kMaxLosses) {
    fail(list, step, fmt::format("its process vanished {} times", known.losses));
  } else if (known.doubt == Doubt::Open || known.doubt == Doubt::CannotTell) {
    resolve_interrupted(list, step, index, known);
  } else if (known.last_end && known.last_end->outcome == Outcome::Errored) {
    const auto delay = retry_delay(step, known);
    if (!delay) {
      fail(list, step, known.last_end->reason);
    } else if (is_due(known.last_end_since, *delay)) {
      start(list, step, index);
    }
  } else {
    start(list, step, index);
  }
}

void Decider::resolve_aborted(StepList list, const Step& step, const StepState& known) {
  const bool may_go_on = list == StepList::Main;
  switch (*known.after_abort) {
    case AfterAbort::Retry:
      say(StepReopened{step.title, "aborted, to be tried again"});
      return;
    case AfterAbort::Continue:
      if (may_go_on) {
        say(StepResolved{step.title, Outcome::Aborted, known.reason});
        return;
      }
      break;
    case AfterAbort::Pause:
      break;
  }
  pause_for(list, step, known.reason);
}

void Decider::resolve_interrupted(StepList list,
                                  const Step& step,
                                  std::size_t index,
                                  const StepState& known) {
  if (step.recovery == Recovery::Rerun) {
    start(list, step, index);
    return;
  }
  if (step.recovery == Recovery::Verify && known.doubt == Doubt::Open) {
    start(list, step, index, true);
    return;
  }
  const bool asks = std::any_of(state_.prompts.begin(), state_.prompts.end(), [](const auto& one) {
    return one.second.asked.prompt.purpose == PromptPurpose::Recovery;
  });
  if (asks || nobody_to_ask(fmt::format("step '{}' was interrupted", step.title))) {
    return;
  }
  ask(recovery_question(list, step, known));
}

void Decider::fail(StepList list, const Step& step, const std::string& reason) {
  switch (list == StepList::Main ? step.on_failure : OnFailure::Pause) {
    case OnFailure::Continue:
      say(StepResolved{step.title, Outcome::Errored, reason});
      return;
    case OnFailure::Stop:
      say(StopRequested{.reason = fmt::format("step '{}': {}", step.title, reason),
                        .failure = true});
      return;
    case OnFailure::Pause:
      pause_for(list, step, reason);
      return;
  }
}

void Decider::pause_for(StepList list, const Step& step, const std::string& reason) {
  if (nobody_to_ask(fmt::format("step '{}': {}", step.title, reason))) {
    return;
  }
  say(Paused{.failure = true, .step = step.title, .reason = reason});
  ask(failure_question(list, step, reason));
}

void Decider::ask(Prompt prompt, std::optional<AttemptKey> attempt) {
  prompt.id = state_.last_prompt + 1;
  say(PromptOpened{std::move(prompt), std::move(attempt)});
}

/// --batch: whatever needs a person stops the run.
bool Decider::nobody_to_ask(const std::string& why) {
  if (state_.scheduler.batch) {
    say(StopRequested{.reason = why + " (--batch asks no questions)", .failure = true});
  }
  return state_.scheduler.batch;
}

void Decider::start(StepList list, const Step& step, std::size_t index, bool verify) {
  const bool question = step.kind == StepKind::Prompt && !verify;
  if (question && list == StepList::Main &&
      nobody_to_ask(fmt::format("step '{}' needs a person", step.title))) {
    return;
  }
  auto started = new_attempt(plan_, state_, now_, {list, step, index, verify});
  const auto key = started.key;
  say(std::move(started));
  if (question && list == StepList::Main) {
    ask(manual_input_question(step), key);
  } else if (question) {
    say(AttemptEnded{.key = key,
                     .outcome = Outcome::Errored,
                     .cause = EndCause::Refused,
                     .reason = "only steps of the schedule can ask a person"});
  }
}

}  // namespace

Decision decide(const Plan& plan, const RunState& state, const Instant& now) {
  return Decider{plan, state, now}.run();
}

}  // namespace fat
