// What becomes of the next step: started, tried again, asked about, given up.
#include <algorithm>

#include <fmt/format.h>

#include "engine/decider.hpp"
#include "engine/lanes.hpp"
#include "engine/questions.hpp"
#include "engine/retry.hpp"
#include "engine/start_attempt.hpp"
#include "engine/validity.hpp"

namespace fat {

void Decider::next_step() {
  if (state_.cursor() >= plan_.steps.size()) {
    if (state_.holder() == nullptr) {
      finish(RunStatus::Completed, {});
    }
    return;
  }
  if (state_.reached_until()) {
    say(StopRequested{.reason = fmt::format("--until '{}' is reached", state_.scheduler.until)});
    return;
  }
  for (const auto index : state_.turns()) {
    if (decision_.events.empty() && !state_.main_step(index).open) {
      advance(StepList::Main, plan_.steps[index], index);
    }
  }
}

void Decider::advance(StepList list, const Step& step, std::size_t index) {
  const auto& known = *state_.step(list, step.title);
  if (known.after_abort) {
    resolve_aborted(list, step, *known.after_abort);
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

void Decider::resolve_aborted(StepList list, const Step& step, AfterAbort then) {
  const auto& reason = state_.step(list, step.title)->reason;
  const bool may_go_on = list == StepList::Main;
  switch (then) {
    case AfterAbort::Retry:
      say(StepReopened{step.title, "aborted, to be tried again"});
      return;
    case AfterAbort::Continue:
      if (may_go_on) {
        say(StepResolved{step.title, Outcome::Aborted, reason});
        return;
      }
      break;
    case AfterAbort::Pause:
      break;
  }
  pause_for(list, step, reason);
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
  const bool asks = std::ranges::any_of(state_.prompts, [&](const auto& one) {
    const auto& prompt = one.second.asked.prompt;
    return prompt.purpose == PromptPurpose::Recovery && prompt.step == step.title;
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

/// A question what becomes of the step is answered by its start: an edited `recovery` may say so
/// while it is open.
void Decider::withdraw_decisions(const std::string& title) {
  for (const auto& [id, open] : state_.prompts) {
    const auto& prompt = open.asked.prompt;
    if (prompt.purpose == PromptPurpose::Recovery && prompt.step == title) {
      say(PromptWithdrawn{id, "the step runs again"});
    }
  }
}

/// Fewer modules than `min_modules` are left, and nobody has said that it goes on with them.
bool Decider::pause_for_modules() {
  const auto total = plan_.modules.size();
  const auto away = state_.quarantined.size();
  if (away <= state_.accepted_quarantines ||
      total - std::min(total, away) >= static_cast<std::size_t>(std::max(plan_.min_modules, 0))) {
    return false;
  }
  const auto why = fmt::format(
      "{} of {} modules are in quarantine, and min_modules is {}", away, total, plan_.min_modules);
  if (!nobody_to_ask(why)) {
    say(Paused{.failure = true, .step = {}, .reason = why});
  }
  return true;
}

/// After a safe state or a reboot the bench is set up first, but not before a step really is to
/// start. Setting up takes the whole bench.
void Decider::set_up() {
  if (state_.holder() == nullptr) {
    const auto next = state_.set_up_cursor();
    advance(StepList::OnResume, plan_.on_resume[next], next);
  }
}

/// An attempt that would not be valid is recorded as one that failed, and does not begin.
void Decider::refuse(const Step& step, std::size_t index, const std::string& why) {
  auto started = new_attempt(plan_, state_, now_, {StepList::Main, step, index, false});
  AttemptEnded end{.key = started.key, .outcome = Outcome::Errored, .cause = EndCause::Refused};
  end.reason = "not valid: " + why;
  say(std::move(started));
  say(std::move(end));
}

void Decider::start(StepList list, const Step& step, std::size_t index, bool verify) {
  if (list == StepList::Main &&
      (steps_ == Steps::AreHeld || what_it_waits_for(plan_, state_, index))) {
    return;
  }
  if (list == StepList::Main && state_.set_up_cursor() < plan_.on_resume.size()) {
    set_up();
    return;
  }
  if (list == StepList::Main && pause_for_modules()) {
    return;
  }
  const bool question = step.kind == StepKind::Prompt && !verify;
  if (question && list == StepList::Main && manual_input_question(step).default_value.empty() &&
      nobody_to_ask(fmt::format("step '{}' needs a person", step.title))) {
    return;
  }
  if (const auto why = why_not_valid(step.valid_when, state_.signals, time_);
      why && list == StepList::Main && !verify) {
    refuse(step, index, *why);
    return;
  }
  withdraw_decisions(step.title);
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

}  // namespace fat
