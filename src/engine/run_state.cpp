#include "fat/engine/run_state.hpp"

#include <algorithm>
#include <stdexcept>

namespace fat {

RunState::RunState(const Plan& plan) {
  steps_.reserve(plan.steps.size() + plan.safe_state.size() + plan.on_resume.size() + 1);
  main_.reserve(plan.steps.size());
  for (const auto& step : plan.steps) {
    main_index_.emplace(step.title, main_.size());
    main_.push_back(&step_for(StepList::Main, step.title));
    wants_backup_.push_back(step.run_backup);
  }
  for (const auto& step : plan.safe_state) {
    safe_attempts_.push_back(step.attempts);
    safe_titles_.push_back(step.title);
    step_for(StepList::SafeState, step.title);
  }
  for (const auto& step : plan.on_resume) {
    on_resume_titles_.push_back(step.title);
    step_for(StepList::OnResume, step.title);
  }
}

const StepState* RunState::step(std::string_view title) const {
  const auto found = steps_.find(std::string{title});
  return found == steps_.end() ? nullptr : &found->second;
}

StepState& RunState::step_for(StepList list, const std::string& title) {
  const auto [place, created] = steps_.try_emplace(title);
  if (created) {
    place->second.list = list;
  }
  return place->second;
}

void RunState::require(bool condition, const char* what) const {
  if (!condition) {
    throw std::logic_error{std::string{"illegal event: "} + what};
  }
}

const AttemptState* RunState::exclusive() const {
  const auto found = std::find_if(open.begin(), open.end(), [](const auto& entry) {
    return entry.first.list != StepList::Backup;
  });
  return found == open.end() ? nullptr : &found->second;
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
  if (pausing) {
    return RunStatus::Pausing;
  }
  return prompts.empty() ? RunStatus::Running : RunStatus::Waiting;
}

void RunState::apply(const Event& event) {
  std::visit([&](const auto& body) { on(body, event); }, event.body);
  last_seen = event.at;
}

void RunState::on(const RunOpened& body, const Event& event) {
  require(!opened, "a run is opened twice");
  opened = true;
  opening = body;
  opened_at = event.at;
  for (const auto& title : body.imported_done) {
    auto& step = step_for(StepList::Main, title);
    step.outcome = Outcome::Done;
    step.reason = "done by the original master script";
  }
  move_cursor();
}

void RunState::on(const SchedulerStarted& body, const Event& event) {
  require(opened, "a scheduler starts before the run is opened");
  if (body.mode == StartMode::Restart) {
    restarts += ended ? 0 : 1;
  } else {
    restarts = 0;
    if (ended) {
      begin_again();
    }
    auto started = body;
    if (started.from.empty()) {
      started.from = scheduler.from;
    }
    scheduler = std::move(started);
    cursor_ = 0;
    move_cursor();
  }
  if (!last_seen.boot_id.empty() && last_seen.boot_id != event.at.boot_id) {
    needs_on_resume = true;
    on_resume_next = 0;
    bench_safe = false;
  }
  const auto* running = exclusive();
  if (safe_state_active && running == nullptr) {
    safe_next = 0;
  }
}

void RunState::begin_again() {
  ended.reset();
  stopping = aborting = halting = broken = false;
  ending_made_safe = false;
  stop = {};
  terminated.clear();
  for (auto& [title, step] : steps_) {
    if (!step.outcome && !step.open && step.last_end && step.last_end->outcome == Outcome::Errored) {
      step.last_end.reset();
      step.tries = step.later_tries = 0;
    }
  }
}

void RunState::on(const PlanAdopted& body, const Event&) {
  require(body.version > plan_version, "a plan version goes backwards");
  plan_version = body.version;
  plan_fingerprint = body.fingerprint;
}

void RunState::on(const AttemptStarted& body, const Event& event) {
  require(!open.contains(body.key), "an attempt starts twice");
  auto& step = step_for(body.key.list, body.key.title);
  require(!step.open, "a step has two open attempts");
  require(body.key.list == StepList::Backup || body.key.list == StepList::SafeState ||
              exclusive() == nullptr,
          "two attempts hold the bench");
  require(body.key.list != StepList::Main || !step.outcome, "a finished step starts again");
  open.emplace(body.key,
               AttemptState{.start = body,
                            .at = event.at,
                            .adopted = false,
                            .progress = std::nullopt,
                            .text = {},
                            .checkpoint = {},
                            .report_offset = 0,
                            .asked_to_end = std::nullopt,
                            .asked_at = {},
                            .then = AfterAbort::Pause,
                            .abort_reason = {}});
  step.open = true;
  step.attempts = std::max(step.attempts, body.key.attempt);
  if (!step.first_started) {
    step.first_started = event.at.wall;
  }
  if (body.key.list == StepList::Backup) {
    backup_due = false;
    ++backups;
    return;
  }
  if (!body.verify) {
    step.modules.clear();
    step.undecided = false;
    step.verified_absent = step.verify_failed = false;
  }
  step.after_abort.reset();
  if (body.key.list != StepList::SafeState) {
    ending_made_safe = bench_safe = false;
  }
}

void RunState::on(const AttemptAdopted& body, const Event&) {
  const auto found = open.find(body.key);
  require(found != open.end(), "an attempt that is not open is adopted");
  found->second.adopted = true;
}

void RunState::on(const AttemptReported& body, const Event&) {
  const auto found = open.find(body.key);
  require(found != open.end(), "an attempt that is not open reports");
  auto& attempt = found->second;
  attempt.report_offset = body.report_offset;
  if (body.progress) {
    attempt.progress = body.progress;
    attempt.text = body.progress_text;
  }
  if (!body.checkpoint.empty()) {
    attempt.checkpoint = body.checkpoint;
  }
  auto& step = step_for(body.key.list, body.key.title);
  for (const auto& measurement : body.measurements) {
    auto& result = step.modules[measurement.module];
    result.names.insert(measurement.name);
    const auto verdict = judge(measurement);
    if (verdict && worst(*verdict, result.verdict) != result.verdict) {
      result.verdict = *verdict;
      result.reason = *verdict == Verdict::Passed ? "" : measurement.name + " is " + std::string{to_string(*verdict)};
    }
  }
  for (const auto& said : body.verdicts) {
    auto& result = step.modules[said.module];
    if (worst(said.verdict, result.verdict) != result.verdict) {
      result.verdict = said.verdict;
      result.reason = said.reason;
    }
  }
}

void RunState::end_of_process(StepState& step, const AttemptState& attempt, const AttemptEnded& end) {
  if (attempt.start.verify) {
    const bool asked = end.cause == EndCause::Exited || end.cause == EndCause::Harvested;
    if (asked && end.outcome == Outcome::Done) {
      step.outcome = Outcome::Done;
      step.undecided = false;
      step.reason = "verified on the hardware after an interruption";
    } else if (asked && end.status == 1) {
      step.verified_absent = true;
    } else if (end.cause != EndCause::NeverStarted) {
      step.verify_failed = true;
    }
    return;
  }
  switch (end.outcome) {
    case Outcome::Done:
    case Outcome::Skipped:
      step.outcome = end.outcome;
      step.reason = end.reason;
      break;
    case Outcome::Errored:
      step.tries += end.try_later ? 0 : 1;
      step.later_tries += end.try_later ? 1 : 0;
      break;
    case Outcome::Interrupted:
    case Outcome::Aborted:
      step.undecided = end.cause == EndCause::Exited || end.cause == EndCause::Harvested ||
                       end.cause == EndCause::Lost;
      break;
  }
}

void RunState::on(const AttemptEnded& body, const Event& event) {
  const auto found = open.find(body.key);
  require(found != open.end(), "an attempt that is not open ends");
  const AttemptState attempt = std::move(found->second);
  open.erase(found);
  restarts = 0;
  auto& step = step_for(body.key.list, body.key.title);
  step.open = false;
  step.last_end = body;
  step.last_end_at = event.at;
  step.ended = event.at.wall;
  step.ran += body.ran;
  if (body.outcome != Outcome::Done) {
    step.reason = body.reason;
  }
  std::erase_if(prompts, [&](const auto& entry) { return entry.second.asked.attempt == body.key; });
  if (body.key.list == StepList::Backup) {
    backup_due = backup_due || body.outcome == Outcome::Interrupted;
    return;
  }
  if (body.outcome == Outcome::Aborted && attempt.asked_to_end && !aborting && !broken) {
    step.after_abort = attempt.then;
  }
  if (attempt.start.wait && body.outcome == Outcome::Aborted) {
    step.wait_left = time_left(attempt.at, *attempt.start.wait, last_seen, event.at);
    step.wait_left_at = event.at;
  }
  end_of_process(step, attempt, body);
  if (body.key.list == StepList::SafeState) {
    end_of_safe_action(step, body);
    return;
  }
  if (body.key.list == StepList::OnResume) {
    on_resume_next += step.outcome ? 1U : 0U;
    return;
  }
  end_of_main(step, body.key.title);
}

void RunState::end_of_safe_action(StepState& step, const AttemptEnded& end) {
  step.outcome.reset();
  step.undecided = false;
  if (end.outcome == Outcome::Interrupted) {
    safe_next = 0;
    return;
  }
  const bool again = end.outcome == Outcome::Errored && safe_next < safe_attempts_.size() &&
                     step.tries < safe_attempts_[safe_next];
  safe_next += again ? 0U : 1U;
}

void RunState::end_of_main(const StepState& step, const std::string& title) {
  if (!step.outcome) {
    return;
  }
  const auto found = main_index_.find(title);
  if (found != main_index_.end() && wants_backup_[found->second]) {
    backup_due = true;
  }
  move_cursor();
}

void RunState::on(const StepResolved& body, const Event& event) {
  auto& step = step_for(StepList::Main, body.title);
  require(!step.open, "a running step is resolved");
  step.outcome = body.outcome;
  step.reason = body.reason;
  step.undecided = false;
  if (!step.ended) {
    step.ended = event.at.wall;
  }
  if (step.list == StepList::OnResume) {
    on_resume_next += 1;
  }
  move_cursor();
}

void RunState::on(const StepReopened& body, const Event&) {
  auto& step = step_for(StepList::Main, body.title);
  require(!step.open, "a running step is reopened");
  start_over(step);
  step.reason = body.reason;
  const auto found = main_index_.find(body.title);
  if (found != main_index_.end()) {
    cursor_ = std::min(cursor_, found->second);
  }
  move_cursor();
}

void RunState::on(const PromptOpened& body, const Event& event) {
  require(body.prompt.id > last_prompt, "a prompt's number is used again");
  last_prompt = body.prompt.id;
  prompts.emplace(body.prompt.id, OpenPrompt{.asked = body, .at = event.at});
}

void RunState::on(const PromptAnswered& body, const Event& event) {
  const auto found = prompts.find(body.id);
  require(found != prompts.end(), "a prompt that is not open is answered");
  if (found->second.asked.prompt.purpose == PromptPurpose::ManualInput) {
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

void RunState::on(const PauseRequested&, const Event&) { pausing = true; }

void RunState::on(const PauseCancelled&, const Event&) { pausing = false; }

void RunState::on(const Paused& body, const Event& event) {
  pausing = false;
  paused = true;
  pause = body;
  paused_at = event.at;
  safe_in_pause = false;
}

void RunState::on(const Continued&, const Event&) {
  paused = pausing = false;
  pause = {};
  withdraw(PromptPurpose::Failure);
}

void RunState::on(const StopRequested& body, const Event& event) {
  stopping = true;
  ending_made_safe = false;
  stop = body;
  if (event.who != kProgram) {
    terminated = body.reason.empty() ? "stopped by " + event.who : body.reason;
  }
}

void RunState::on(const StopCancelled&, const Event&) {
  stopping = false;
  stop = {};
  terminated.clear();
}

void RunState::on(const AbortStepRequested& body, const Event& event) {
  const auto found = std::find_if(open.begin(), open.end(), [&](const auto& entry) {
    return entry.first.title == body.title;
  });
  require(found != open.end(), "a step that does not run is aborted");
  found->second.asked_to_end = EndedBy::Abort;
  found->second.asked_at = event.at;
  found->second.then = body.then;
  found->second.abort_reason = body.reason;
}

void RunState::on(const AbortRequested& body, const Event& event) {
  if (!aborting) {
    ending_made_safe = false;
    abort_at = event.at;
  }
  aborting = true;
  halting = halting || body.halt;
  abort_reason = body.reason;
  terminated = body.reason.empty() ? "aborted by " + event.who : body.reason;
  ask_all_to_end(halting ? EndedBy::Halt : EndedBy::Abort, event.at);
}

void RunState::on(const BreakRequested& body, const Event& event) {
  broken = true;
  ending_made_safe = false;
  abort_at = event.at;
  abort_reason = body.reason;
  ask_all_to_end(EndedBy::Abort, event.at);
}

void RunState::ask_all_to_end(EndedBy how, const Instant& at) {
  for (auto& [key, attempt] : open) {
    if (key.list == StepList::Main || key.list == StepList::OnResume) {
      attempt.asked_to_end = how;
      attempt.asked_at = at;
    }
  }
}

void RunState::withdraw(PromptPurpose purpose) {
  std::erase_if(prompts, [&](const auto& entry) {
    return entry.second.asked.prompt.purpose == purpose;
  });
}

void RunState::on(const SafeStateStarted& body, const Event&) {
  require(!safe_state_active, "the safe state starts twice");
  safe_state_active = true;
  safe_next = 0;
  safe_reason = body.reason;
  needs_on_resume = true;
  on_resume_next = 0;
  for (const auto& title : on_resume_titles_) {
    start_over(step_for(StepList::OnResume, title));
  }
  for (const auto& title : safe_titles_) {
    start_over(step_for(StepList::SafeState, title));
  }
}

void RunState::start_over(StepState& step) {
  step.outcome.reset();
  step.tries = step.later_tries = 0;
  step.undecided = step.verified_absent = step.verify_failed = false;
  step.after_abort.reset();
  step.last_end.reset();
  step.wait_left.reset();
}

void RunState::on(const SafeStateEnded&, const Event&) {
  require(safe_state_active, "a safe state that did not start ends");
  safe_state_active = false;
  bench_safe = true;
  ending_made_safe = is_ending() || !paused;
  safe_in_pause = paused;
}

void RunState::on(const RunEnded& body, const Event& event) {
  require(is_ended(body.status), "a run ends in a state that is no end");
  ended = body.status;
  end_reason = body.reason;
  ended_at = event.at.wall;
  prompts.clear();
  paused = pausing = false;
}

void RunState::on(const Noted&, const Event&) {}

void RunState::move_cursor() {
  if (cursor_ == 0 && !scheduler.from.empty()) {
    const auto from = main_index_.find(scheduler.from);
    cursor_ = from == main_index_.end() ? 0 : from->second;
  }
  while (cursor_ < main_.size() && main_[cursor_]->outcome) {
    ++cursor_;
  }
}

}  // namespace fat
