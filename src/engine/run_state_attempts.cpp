// The events of attempts: what they make of a step, of the safe state and of the setting up after
// it.
#include <algorithm>

#include "engine/validity.hpp"
#include "fat/engine/decide.hpp"
#include "fat/engine/run_state.hpp"

namespace fat {

namespace {

bool is_exit(EndCause cause) {
  return cause == EndCause::Exited || cause == EndCause::Harvested;
}

/// Back to the first attempt's budget. Doubt stays: only a decision or a new attempt takes it away.
void start_over(StepState& step) {
  step.outcome.reset();
  step.waived = false;
  step.tries = step.later_tries = step.losses = 0;
  step.after_abort.reset();
  step.last_end.reset();
  step.wait_due.reset();
}

void settle_doubt(StepState& step, const AttemptState& attempt, const AttemptEnded& end) {
  if (is_exit(end.cause) && end.outcome == Outcome::Done) {
    step.outcome = Outcome::Done;
    step.doubt = Doubt::None;
    step.reason = "verified on the hardware after an interruption";
  } else if (is_exit(end.cause) && end.outcome == Outcome::Errored && end.status == 1) {
    step.doubt = Doubt::Absent;
  } else if (attempt.then || (end.outcome != Outcome::Aborted && !attempt.orphan)) {
    step.doubt = Doubt::CannotTell;
  }
}

void count(StepState& step, const AttemptState& attempt, const AttemptEnded& end) {
  const bool lost =
      end.outcome == Outcome::Interrupted && !attempt.orphan && end.cause != EndCause::NeverStarted;
  step.losses = lost ? step.losses + 1 : 0;
  switch (end.outcome) {
    case Outcome::Done:
    case Outcome::Skipped:
      step.outcome = end.outcome;
      break;
    case Outcome::Errored:
      step.tries += end.try_later ? 0 : 1;
      step.later_tries += end.try_later ? 1 : 0;
      break;
    case Outcome::Aborted:
    case Outcome::Interrupted:
      if (is_exit(end.cause) || end.cause == EndCause::Lost) {
        step.doubt = Doubt::Open;
      }
      break;
  }
}

void add_measurement(StepState& step, const Measurement& measurement) {
  auto& result = step.modules[measurement.module];
  result.names.insert(measurement.name);
  const auto verdict = judge(measurement);
  if (!verdict || worst(*verdict, result.verdict) == result.verdict) {
    return;
  }
  result.verdict = *verdict;
  result.reason = *verdict == Verdict::Passed
                      ? ""
                      : measurement.name + " is " + std::string{to_string(*verdict)};
}

void add_verdict(StepState& step, const AttemptReported::ModuleVerdict& said) {
  auto& result = step.modules[said.module];
  if (worst(said.verdict, result.verdict) != result.verdict) {
    result.verdict = said.verdict;
    result.reason = said.reason;
  }
}

/// What is said of a module that the attempt was not told of was not measured.
void add_results(StepState& step,
                 const AttemptReported& body,
                 const std::vector<std::string>& without) {
  const auto took_part = [&](const std::string& serial) {
    return std::ranges::find(without, serial) == without.end();
  };
  for (const auto& measurement : body.measurements) {
    if (took_part(measurement.module)) {
      add_measurement(step, measurement);
    }
  }
  for (const auto& said : body.verdicts) {
    if (took_part(said.module)) {
      add_verdict(step, said);
    }
  }
}

}  // namespace

AttemptState& RunState::open_attempt(const AttemptKey& key) {
  const auto found =
      std::ranges::find_if(open, [&](const auto& one) { return one.start.key == key; });
  return *found;
}

void RunState::on(const AttemptStarted& body, const Event& event) {
  const auto list = body.key.list;
  open.push_back({.start = body, .at = event.at, .since = time_});
  if (list == StepList::Backup) {
    backup_due = false;
    ++backups;
    return;
  }
  auto& step = step_for(list, body.key.title);
  step.open = true;
  step.attempts = std::max(step.attempts, body.key.attempt);
  if (!step.first_started) {
    step.first_started = event.at.wall;
  }
  if (list == StepList::SafeState) {
    step.outcome.reset();
    safe_next = static_cast<std::size_t>(body.index);
    return;
  }
  step.after_abort.reset();
  safe_for_end = safe_since_question = false;
  if (!body.verify) {
    step.modules.clear();
    step.without = {body.without.begin(), body.without.end()};
    step.environment.clear();
    step.doubt = Doubt::None;
  }
}

void RunState::on(const AttemptAdopted& body, const Event&) {
  open_attempt(body.key).adopted = true;
}

void RunState::on(const AttemptReported& body, const Event& event) {
  for (const auto& said : body.messages) {
    if (said.level == "critical") {
      cry(body.key.title + ": " + said.text, event);
    }
  }
  auto& attempt = open_attempt(body.key);
  attempt.report_offset = body.report_offset;
  if (body.progress) {
    attempt.progress = body.progress;
    attempt.text = body.progress_text;
  }
  if (!body.checkpoint.empty()) {
    attempt.checkpoint = body.checkpoint;
  }
  if (body.key.list == StepList::Backup) {
    return;
  }
  auto& step = step_for(body.key.list, body.key.title);
  add_results(step, body, attempt.start.without);
  for (const auto& said : body.modules) {
    if (said.responsive) {
      unresponsive.erase(said.module);
    } else if (serials_.contains(said.module)) {
      step.without.insert(said.module);
      if (!quarantined.contains(said.module)) {
        unresponsive[said.module] = {said.module, said.reason, body.key};
      }
    }
  }
}

void RunState::on(const AttemptEnded& body, const Event& event) {
  const auto place = open.begin() + (&open_attempt(body.key) - open.data());
  AttemptState attempt = std::move(*place);
  open.erase(place);
  std::erase_if(prompts, [&](const auto& one) { return one.second.asked.attempt == body.key; });
  if (body.cause != EndCause::Lost && body.cause != EndCause::NeverStarted) {
    restarts = 0;
  }
  if (body.key.list == StepList::Backup) {
    const bool began = !attempt.orphan && body.cause != EndCause::NeverStarted;
    backup_due = backup_due || (!began && body.outcome == Outcome::Interrupted);
    return;
  }
  if (body.key.list != StepList::SafeState) {
    free_since = time_;
  }
  auto& step = step_for(body.key.list, body.key.title);
  step.open = false;
  step.ended = event.at.wall;
  step.ran += body.ran;
  step.reason = body.reason;
  end_of_environment(step, attempt, body);
  if (attempt.start.verify) {
    settle_doubt(step, attempt, body);
  } else {
    end_of_step(step, attempt, body);
  }
  if (body.key.list == StepList::OnResume && attempt.since < set_up_since_) {
    step.outcome.reset();  // a safe state or a reboot undid what it had set up
  }
  const auto found = main_index_.find(body.key.title);
  if (body.key.list == StepList::Main && step.outcome && found != main_index_.end()) {
    backup_due = backup_due || wants_backup_[found->second];
  }
  move_cursors();
}

/// What was measured while a signal left its window, or while nobody knew it, is marked. Of an
/// attempt that ended while the scheduler was away, what counts is the moment of its end.
void RunState::end_of_environment(StepState& step,
                                  AttemptState& attempt,
                                  const AttemptEnded& end) const {
  if (attempt.start.valid_when.empty() || end.cause == EndCause::Refused ||
      end.cause == EndCause::NeverStarted) {
    return;
  }
  if (attempt.environment.empty()) {
    const auto moment =
        end.ran > Microseconds{0} ? std::min(time_, attempt.since + end.ran) : time_;
    attempt.environment = why_not_valid(attempt.start.valid_when, signals, moment).value_or("");
  }
  step.environment = attempt.environment;
}

void RunState::on(const SignalRead& body, const Event& event) {
  const auto age = std::max<Microseconds>(event.at.wall - body.at, Microseconds{0});
  signals[body.signal] = {.value = body.value, .unit = body.unit, .since = time_ - age};
  for (auto& attempt : open) {
    const bool named = std::ranges::any_of(attempt.start.valid_when, [&](const Window& window) {
      return window.signal == body.signal && !is_inside(window, body.value, body.unit);
    });
    if (named && attempt.environment.empty()) {
      attempt.environment =
          why_not_valid(attempt.start.valid_when, signals, time_ - age).value_or("");
    }
  }
}

void RunState::end_of_step(StepState& step, const AttemptState& attempt, const AttemptEnded& end) {
  step.last_end = Ending{.outcome = end.outcome,
                         .try_later = end.try_later,
                         .timed_out = end.timed_out,
                         .reason = end.reason};
  step.last_end_since = time_;
  count(step, attempt, end);
  if (end.key.list == StepList::SafeState) {
    end_of_safe_action(step, attempt, end);
  } else if (end.outcome == Outcome::Aborted) {
    step.after_abort = attempt.then;
    if (attempt.start.wait) {
      step.wait_due = attempt.since + *attempt.start.wait;
    }
  }
}

/// The next action comes when this one is done, has used up its attempts, or its process has
/// vanished too often; one that never began or was lost comes again. A list that a dead scheduler
/// left in the middle begins anew, and so does one whose action still hung from an earlier list: it
/// has not run in this one.
void RunState::end_of_safe_action(const StepState& step,
                                  const AttemptState& attempt,
                                  const AttemptEnded& end) {
  const bool current = safe_next < safe_.size() && safe_[safe_next] == &step;
  const bool left_over = attempt.since < safe_since_;
  if (!safe_state_active || !(current || left_over)) {
    return;
  }
  if (left_over || (end.outcome == Outcome::Interrupted && attempt.orphan)) {
    begin_safe_list();
    return;
  }
  const bool vanished = end.outcome == Outcome::Interrupted && step.losses < kMaxLosses;
  const bool again = end.cause == EndCause::NeverStarted || vanished ||
                     (end.outcome == Outcome::Errored && step.tries < safe_attempts_[safe_next]);
  safe_next += again ? 0U : 1U;
}

void RunState::begin_safe_list() {
  safe_next = 0;
  safe_since_ = time_;
  start_all_over(StepList::SafeState);
}

/// Also the steps that only an older plan has: they ran again in their time.
void RunState::start_all_over(StepList list) {
  for (auto& [title, step] : steps_.at(static_cast<std::size_t>(list))) {
    start_over(step);
  }
}

/// The steps of [on_resume] have to succeed from the first on.
void RunState::begin_set_up() {
  set_up_since_ = time_;
  set_up_cursor_ = 0;
  start_all_over(StepList::OnResume);
}

void RunState::reopen(const std::string& title) {
  auto& step = decided_step(title);
  start_over(step);
  step.doubt = Doubt::None;
  step.wanted = true;
  if (const auto found = main_index_.find(title); found != main_index_.end()) {
    turns_.reopen(found->second);
    return;
  }
  const auto place = std::ranges::find(set_up_, &step);
  if (place != set_up_.end()) {
    set_up_cursor_ = std::min(set_up_cursor_, static_cast<std::size_t>(place - set_up_.begin()));
  }
}

void RunState::on(const AbortStepRequested& body, const Event&) {
  const auto found = std::ranges::find_if(open, [&](const auto& one) {
    return one.start.key.title == body.title && one.start.key.list != StepList::SafeState &&
           one.start.key.list != StepList::Backup;
  });
  found->asked_to_end = EndedBy::Abort;
  found->asked_since = time_;
  found->then = body.then;
}

}  // namespace fat
