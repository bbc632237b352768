#include "fat/engine/decide.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "fat/model/local_time.hpp"
#include "fat/model/quantity.hpp"

namespace fat {

namespace {

const std::string* argument(const Step& step, std::string_view name) {
  const auto found = std::find_if(step.arguments.begin(),
                                  step.arguments.end(),
                                  [&](const Argument& one) { return one.name == name; });
  return found == step.arguments.end() ? nullptr : &found->value;
}

/// A calendar deadline is looked at again at least this often: the wall clock may be stepped.
constexpr Microseconds kCalendarCheck = std::chrono::minutes{10};

class Decider {
 public:
  Decider(const Plan& plan, const RunState& state, const Instant& now)
      : plan_(plan), state_(state), now_(now) {}

  Decision run();

 private:
  void answer_overdue_prompts();
  void settle_waits_and_questions();
  void settle(const AttemptState& attempt);
  void settle_wait(const AttemptState& attempt);
  void start_backup();
  void go_on();
  void make_safe();
  void end_the_run();
  void stay_paused();
  void set_up_again();
  void next_step();
  void complete();
  void advance(StepList list, const Step& step, std::size_t index);
  void resolve_interrupted(StepList list, const Step& step, std::size_t index);
  void retry_or_fail(StepList list, const Step& step, std::size_t index);
  void fail(StepList list, const Step& step, const std::string& reason);
  void pause_for(StepList list, const Step& step, const std::string& reason);
  void start(StepList list, const Step& step, std::size_t index, bool verify = false);
  void start_wait(AttemptStarted started, const Step& step, const StepState& known);
  void ask(Prompt prompt, std::optional<AttemptKey> attempt);
  void stop_for_lack_of_a_person(const std::string& what);
  bool is_due(const Instant& since, Microseconds length);
  void wake_after(Microseconds left);
  bool asks(PromptPurpose purpose, const std::string& title) const;
  template <typename Body>
  void say(Body body) {
    decision_.events.emplace_back(std::move(body));
  }

  const Plan& plan_;
  const RunState& state_;
  const Instant& now_;
  Decision decision_;
};

Decision Decider::run() {
  if (!state_.opened || state_.ended) {
    return {};
  }
  if (state_.restarts >= kMaxRestarts && !state_.is_ending()) {
    const auto* running = state_.exclusive();
    say(BreakRequested{fmt::format("the engine died {} times {}",
                                   state_.restarts,
                                   running == nullptr ? "between two steps"
                                                      : "in step '" + running->start.key.title + "'")});
    return std::move(decision_);
  }
  answer_overdue_prompts();
  if (decision_.events.empty()) {
    settle_waits_and_questions();
  }
  if (decision_.events.empty()) {
    start_backup();
    go_on();
  }
  return std::move(decision_);
}

void Decider::wake_after(Microseconds left) {
  decision_.wake_after = decision_.wake_after ? std::min(*decision_.wake_after, left) : left;
}

bool Decider::is_due(const Instant& since, Microseconds length) {
  const auto left = time_left(since, length, state_.last_seen, now_);
  if (left <= Microseconds{0}) {
    return true;
  }
  wake_after(left);
  return false;
}

bool Decider::asks(PromptPurpose purpose, const std::string& title) const {
  return std::any_of(state_.prompts.begin(), state_.prompts.end(), [&](const auto& entry) {
    const auto& prompt = entry.second.asked.prompt;
    return prompt.purpose == purpose && prompt.step == title;
  });
}

void Decider::answer_overdue_prompts() {
  for (const auto& [id, open] : state_.prompts) {
    const auto& prompt = open.asked.prompt;
    if (!prompt.deadline || prompt.default_value.empty() || !is_due(open.at, *prompt.deadline)) {
      continue;
    }
    decision_.events =
        answer_events(state_, open.asked, prompt.default_value, "nobody answered in time");
    return;
  }
}

void Decider::settle_waits_and_questions() {
  for (const auto& [key, attempt] : state_.open) {
    settle(attempt);
  }
}

void Decider::settle(const AttemptState& attempt) {
  const auto kind = attempt.start.kind;
  if (kind != StepKind::Wait && kind != StepKind::Prompt) {
    return;
  }
  if (attempt.asked_to_end || state_.is_ending()) {
    AttemptEnded end{.key = attempt.start.key, .outcome = Outcome::Aborted};
    end.cause = kind == StepKind::Wait ? EndCause::Waited : EndCause::Answered;
    end.reason = kind == StepKind::Wait ? "ended before its time" : "ended without an answer";
    end.ran = elapsed(attempt.at, now_);
    say(end);
    return;
  }
  if (kind == StepKind::Wait) {
    settle_wait(attempt);
  }
}

void Decider::settle_wait(const AttemptState& attempt) {
  if (attempt.start.wait_until) {
    const auto left = *attempt.start.wait_until - now_.wall;
    if (left > Microseconds{0}) {
      wake_after(std::min<Microseconds>(left, kCalendarCheck));
      return;
    }
  } else if (!is_due(attempt.at, attempt.start.wait.value_or(Microseconds{0}))) {
    return;
  }
  say(AttemptEnded{.key = attempt.start.key,
                   .outcome = Outcome::Done,
                   .cause = EndCause::Waited,
                   .reason = {},
                   .ran = elapsed(attempt.at, now_)});
}

void Decider::start_backup() {
  if (!plan_.backup || !state_.backup_due || state_.aborting || state_.broken) {
    return;
  }
  const bool runs = std::any_of(state_.open.begin(), state_.open.end(), [](const auto& entry) {
    return entry.first.list == StepList::Backup;
  });
  if (!runs) {
    start(StepList::Backup, *plan_.backup, 0);
  }
}

void Decider::go_on() {
  if (state_.safe_state_active) {
    make_safe();
  } else if (state_.is_ending()) {
    end_the_run();
  } else if (state_.exclusive() != nullptr) {
    return;
  } else if (state_.paused) {
    stay_paused();
  } else if (state_.pausing) {
    say(Paused{.failure = false, .step = {}, .reason = "asked for"});
  } else if (state_.needs_on_resume && state_.on_resume_next < plan_.on_resume.size()) {
    set_up_again();
  } else {
    next_step();
  }
}

void Decider::make_safe() {
  const bool runs = std::any_of(state_.open.begin(), state_.open.end(), [](const auto& entry) {
    return entry.first.list == StepList::SafeState;
  });
  if (runs) {
    return;
  }
  if (state_.safe_next >= plan_.safe_state.size()) {
    say(SafeStateEnded{});
    return;
  }
  const auto& action = plan_.safe_state[state_.safe_next];
  const auto* known = state_.step(action.title);
  if (known != nullptr && known->tries > 0 && !is_due(known->last_end_at, action.retry_delay)) {
    return;
  }
  start(StepList::SafeState, action, state_.safe_next);
}

void Decider::end_the_run() {
  if (state_.exclusive() != nullptr) {
    const bool killing = state_.aborting || state_.broken;
    if (!killing || !is_due(state_.abort_at, kUnkillableAfter)) {
      return;
    }
  }
  if (!state_.ending_made_safe && !plan_.safe_state.empty()) {
    say(SafeStateStarted{state_.broken     ? "the run is broken"
                         : state_.aborting ? "the run is aborted"
                                           : "the run is stopped"});
    return;
  }
  if (state_.broken) {
    say(RunEnded{RunStatus::Broken, state_.abort_reason});
  } else if (state_.aborting) {
    say(RunEnded{RunStatus::Aborted, state_.abort_reason});
  } else if (state_.open.empty()) {
    say(RunEnded{RunStatus::Stopped, state_.stop.reason});
  }
}

void Decider::stay_paused() {
  if (!state_.pause.failure || state_.safe_in_pause || plan_.safe_state.empty()) {
    return;
  }
  if (is_due(state_.paused_at, plan_.safe_state_after)) {
    say(SafeStateStarted{fmt::format("nobody answered the failure of '{}' within {}",
                                     state_.pause.step,
                                     to_text(plan_.safe_state_after))});
  }
}

void Decider::set_up_again() {
  advance(StepList::OnResume, plan_.on_resume[state_.on_resume_next], state_.on_resume_next);
}

void Decider::next_step() {
  const auto& until = state_.scheduler.until;
  if (!until.empty()) {
    const auto* last = state_.step(until);
    if (last != nullptr && last->outcome) {
      say(StopRequested{.reason = fmt::format("--until '{}' is reached", until), .failure = false});
      return;
    }
  }
  if (state_.cursor() < plan_.steps.size()) {
    advance(StepList::Main, plan_.steps[state_.cursor()], state_.cursor());
    return;
  }
  complete();
}

void Decider::complete() {
  if (!state_.ending_made_safe && !plan_.safe_state.empty()) {
    say(SafeStateStarted{"the schedule is completed"});
    return;
  }
  const bool backing_up = plan_.backup && (state_.backup_due || !state_.open.empty());
  if (!backing_up && decision_.events.empty()) {
    say(RunEnded{RunStatus::Completed, {}});
  }
}

void Decider::advance(StepList list, const Step& step, std::size_t index) {
  const auto* known = state_.step(step.title);
  if (known == nullptr) {
    start(list, step, index);
    return;
  }
  if (known->after_abort) {
    switch (*known->after_abort) {
      case AfterAbort::Retry:
        say(StepReopened{step.title, "aborted, to be tried again"});
        return;
      case AfterAbort::Continue:
        say(StepResolved{step.title, Outcome::Aborted, known->reason});
        return;
      case AfterAbort::Pause:
        fail(list, step, known->reason);
        return;
    }
  }
  if (known->undecided && !known->verified_absent) {
    resolve_interrupted(list, step, index);
  } else if (known->last_end && known->last_end->outcome == Outcome::Errored) {
    retry_or_fail(list, step, index);
  } else {
    start(list, step, index);
  }
}

void Decider::resolve_interrupted(StepList list, const Step& step, std::size_t index) {
  const auto& known = *state_.step(step.title);
  if (step.recovery == Recovery::Rerun) {
    start(list, step, index);
    return;
  }
  if (step.recovery == Recovery::Verify && !known.verify_failed) {
    start(list, step, index, true);
    return;
  }
  if (asks(PromptPurpose::Recovery, step.title)) {
    return;
  }
  if (state_.scheduler.batch) {
    stop_for_lack_of_a_person(fmt::format("step '{}' was interrupted and needs a decision", step.title));
    return;
  }
  Prompt prompt;
  prompt.purpose = PromptPurpose::Recovery;
  prompt.kind = PromptKind::Choice;
  prompt.step = step.title;
  prompt.text = fmt::format("Step '{}' was interrupted ({}). It may have had its effect. What now?",
                            step.title,
                            known.reason.empty() ? "how far it came is unknown" : known.reason);
  prompt.choices = {"rerun", "done", "failed", "skip"};
  prompt.reason_required = true;
  ask(prompt, std::nullopt);
}

void Decider::retry_or_fail(StepList list, const Step& step, std::size_t index) {
  const auto& known = *state_.step(step.title);
  const auto& end = *known.last_end;
  const bool later = end.try_later && known.later_tries < kTryLaterLimit;
  const bool wanted = end.timed_out ? step.retry_on.timeout : step.retry_on.error;
  const bool more = !end.try_later && wanted && known.tries < step.attempts;
  if (!later && !more) {
    fail(list, step, end.reason);
    return;
  }
  const bool unnamed = later && step.retry_delay == Microseconds{0};
  if (is_due(known.last_end_at, unnamed ? kTryLaterDelay : step.retry_delay)) {
    start(list, step, index);
  }
}

void Decider::fail(StepList list, const Step& step, const std::string& reason) {
  const auto text = fmt::format("step '{}': {}", step.title, reason);
  const auto reaction = list == StepList::OnResume ? OnFailure::Pause : step.on_failure;
  switch (reaction) {
    case OnFailure::Continue:
      say(StepResolved{step.title, Outcome::Errored, reason});
      return;
    case OnFailure::Stop:
      say(StopRequested{.reason = text, .failure = true});
      return;
    case OnFailure::Pause:
      if (state_.scheduler.batch) {
        say(StopRequested{.reason = text, .failure = true});
        return;
      }
      pause_for(list, step, reason);
      return;
  }
}

void Decider::pause_for(StepList list, const Step& step, const std::string& reason) {
  say(Paused{.failure = true, .step = step.title, .reason = reason});
  Prompt prompt;
  prompt.purpose = PromptPurpose::Failure;
  prompt.kind = PromptKind::Choice;
  prompt.step = step.title;
  prompt.text = fmt::format("Step '{}' did not succeed: {}. What now?", step.title, reason);
  prompt.choices = {"retry", "continue", "stop"};
  if (list == StepList::OnResume) {  // must succeed before the next step: there is no going on without it
    prompt.choices = {"retry", "stop"};
  }
  ask(prompt, std::nullopt);
}

void Decider::ask(Prompt prompt, std::optional<AttemptKey> attempt) {
  prompt.id = state_.last_prompt + 1;
  say(PromptOpened{std::move(prompt), std::move(attempt)});
}

void Decider::stop_for_lack_of_a_person(const std::string& what) {
  say(StopRequested{.reason = what + ", and --batch asks no questions", .failure = true});
}

void Decider::start(StepList list, const Step& step, std::size_t index, bool verify) {
  if (step.kind == StepKind::Prompt && state_.scheduler.batch) {
    stop_for_lack_of_a_person(fmt::format("step '{}' needs a person", step.title));
    return;
  }
  const auto* known = state_.step(step.title);
  AttemptStarted started;
  started.key = {.list = list, .title = step.title, .attempt = known == nullptr ? 1 : known->attempts + 1};
  started.index = static_cast<int>(index);
  started.plan_version = state_.plan_version;
  started.kind = step.kind;
  started.verify = verify;
  started.token = fmt::format("run{}-{}{}-{}-{}-{}",
                              plan_.run_number,
                              to_string(list),
                              index,
                              started.key.attempt,
                              now_.boot_id.substr(0, 8),
                              now_.wall.time_since_epoch().count());
  if (step.kind == StepKind::Wait) {
    start_wait(std::move(started), step, known == nullptr ? StepState{} : *known);
    return;
  }
  const auto key = started.key;
  say(std::move(started));
  if (step.kind == StepKind::Prompt) {
    const auto* message = argument(step, "message");
    Prompt prompt;
    prompt.purpose = PromptPurpose::ManualInput;
    prompt.step = step.title;
    prompt.text = message == nullptr || message->empty() ? "Continue the schedule?" : *message;
    ask(prompt, key);
  }
}

void Decider::start_wait(AttemptStarted started, const Step& step, const StepState& known) {
  const auto* until = argument(step, "until");
  if (until != nullptr) {
    started.wait_until = parse_local_time(*until);
  }
  if (!started.wait_until) {
    const auto* duration = argument(step, "duration");
    const auto whole = duration == nullptr ? std::nullopt : parse_duration(*duration);
    started.wait = known.wait_left
                       ? time_left(known.wait_left_at, *known.wait_left, state_.last_seen, now_)
                       : whole.value_or(Microseconds{0});
  }
  say(std::move(started));
}

std::vector<EventBody> after_recovery(const Prompt& prompt, const std::string& value, const std::string& reason) {
  if (value == "rerun") {
    return {StepReopened{prompt.step, reason}};
  }
  const auto outcome = value == "done"   ? Outcome::Done
                       : value == "skip" ? Outcome::Skipped
                                         : Outcome::Errored;
  return {StepResolved{prompt.step, outcome, reason}};
}

std::vector<EventBody> after_failure(const RunState& state,
                                     const Prompt& prompt,
                                     const std::string& value,
                                     const std::string& reason) {
  if (value == "stop") {
    return {StopRequested{.reason = reason, .failure = false}};
  }
  if (value == "retry") {
    return {StepReopened{prompt.step, reason}, Continued{reason}};
  }
  const auto* step = state.step(prompt.step);
  const bool aborted = step != nullptr && step->after_abort.has_value();
  const auto outcome = aborted ? Outcome::Aborted : Outcome::Errored;
  const auto why = step == nullptr ? reason : step->reason;
  return {StepResolved{prompt.step, outcome, why}, Continued{reason}};
}

std::vector<EventBody> after_manual_input(const PromptOpened& asked,
                                          const std::string& value,
                                          const std::string& reason) {
  AttemptEnded end{.key = asked.attempt.value_or(AttemptKey{})};
  end.cause = EndCause::Answered;
  if (value == "yes") {
    end.outcome = Outcome::Done;
    return {end};
  }
  end.outcome = Outcome::Aborted;
  end.reason = reason.empty() ? "answered no" : "answered no: " + reason;
  return {end, StopRequested{.reason = end.reason, .failure = false}};
}

}  // namespace

Decision decide(const Plan& plan, const RunState& state, const Instant& now) {
  return Decider{plan, state, now}.run();
}

std::vector<EventBody> answer_events(const RunState& state,
                                     const PromptOpened& asked,
                                     const std::string& value,
                                     const std::string& reason) {
  std::vector<EventBody> follow;
  switch (asked.prompt.purpose) {
    case PromptPurpose::ManualInput:
      follow = after_manual_input(asked, value, reason);
      break;
    case PromptPurpose::Recovery:
      follow = after_recovery(asked.prompt, value, reason);
      break;
    case PromptPurpose::Failure:
      follow = after_failure(state, asked.prompt, value, reason);
      break;
    case PromptPurpose::StepQuestion:
      break;
  }
  follow.insert(follow.begin(), PromptAnswered{asked.prompt.id, value, reason});
  return follow;
}

}  // namespace fat
