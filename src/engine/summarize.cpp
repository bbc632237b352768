#include "fat/engine/summarize.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/lanes.hpp"
#include "engine/module_verdicts.hpp"
#include "engine/retry.hpp"

namespace fat {

namespace {

OpenAttempt describe(const AttemptState& attempt, const RunState& state, const Instant& now) {
  OpenAttempt open;
  open.key = attempt.start.key;
  open.index = attempt.start.index;
  open.kind = attempt.start.kind;
  open.started = attempt.at;
  open.token = attempt.start.token;
  open.adopted = attempt.adopted;
  open.progress = attempt.progress;
  open.text = attempt.text;
  open.report_offset = attempt.report_offset;
  open.verify = attempt.start.verify;
  open.has_copy =
      !(attempt.start.without.empty() && attempt.start.last.empty()) &&
      (attempt.start.kind == StepKind::Python || attempt.start.kind == StepKind::Command);
  open.needs = attempt.start.needs;
  open.background = attempt.start.background;
  open.asked_to_end = attempt.asked_to_end;
  open.answers = attempt.answers;
  if (attempt.start.wait) {
    const auto left = attempt.since + *attempt.start.wait - state.time(now);
    open.remaining = std::max(left, Microseconds{0});
  } else if (attempt.start.wait_until) {
    open.remaining = std::max<Microseconds>(*attempt.start.wait_until - now.wall, Microseconds{0});
  }
  return open;
}

bool waits_for_answer(const RunState& state, const std::string& title) {
  return std::ranges::any_of(
      state.prompts, [&](const auto& entry) { return entry.second.asked.prompt.step == title; });
}

std::string state_text(const Step& step,
                       const StepState& known,
                       const RunState& state,
                       const Instant& now) {
  if (waits_for_answer(state, step.title)) {
    return "asks for an answer";
  }
  if (known.open) {
    return step.kind == StepKind::Wait ? "waiting" : "running";
  }
  if (known.outcome) {
    return std::string{to_string(*known.outcome)};
  }
  if (known.doubt == Doubt::Open || known.doubt == Doubt::CannotTell) {
    return "interrupted";
  }
  const auto left = retry_left(step, known, state.time(now));
  if (left && *left > Microseconds{0}) {
    return "retry in " + to_text(*left);
  }
  return known.last_end ? std::string{to_string(known.last_end->outcome)} : "pending";
}

StepSummary describe(const Step& step,
                     std::size_t index,
                     const RunState& state,
                     const Instant& now) {
  const auto& known = state.main_step(index);
  StepSummary summary;
  summary.index = static_cast<int>(index);
  summary.title = step.title;
  summary.task = step.kind == StepKind::Command ? step.command : step.task;
  summary.kind = step.kind;
  summary.outcome = known.outcome;
  if (!known.outcome && !known.open && known.last_end && known.last_end->outcome != Outcome::Done) {
    summary.outcome = known.last_end->outcome;
  }
  summary.state = state_text(step, known, state, now);
  summary.attempts = known.attempts;
  summary.started = known.first_started;
  summary.ended = known.open ? std::nullopt : known.ended;
  summary.ran = known.ran;
  summary.reason = known.outcome == Outcome::Done ? "" : known.reason;
  summary.environment = known.environment;
  if (!known.environment.empty()) {
    summary.reason += fmt::format("{}measured out of its environment: {}",
                                  summary.reason.empty() ? "" : "; ",
                                  known.environment);
  }
  return summary;
}

/// Of the steps whose turn it is, what the one at this place waits for.
std::optional<std::string> waits_for(const Plan& plan, const RunState& state, std::size_t index) {
  return state.ended || state.main_step(index).open ? std::nullopt
                                                    : what_it_waits_for(plan, state, index);
}

/// Of a step whose turn it is.
void add_what_waits(const Plan& plan, const RunState& state, StepSummary& step) {
  const auto blocked = waits_for(plan, state, static_cast<std::size_t>(step.index));
  if (blocked && step.state == "pending") {
    step.state = "waits for " + *blocked;
  }
}

std::string what_runs(const RunState& state) {
  std::string text;
  for (const auto* holder : state.holders()) {
    const auto& [list, title, attempt] = holder->start.key;
    text += fmt::format(
        "{}{} '{}' ({}{})",
        text.empty() ? "" : "; ",
        holder->start.kind == StepKind::Wait ? "waits in step" : "runs step",
        title,
        list == StepList::Main ? fmt::format("attempt {}", attempt) : "sets the bench up again",
        holder->start.background ? ", in the background" : "");
  }
  return text;
}

/// Of the steps whose turn it is, "step 'gain' waits for hv, held by 'scan'".
std::string what_waits(const RunState& state, const Plan& plan) {
  std::string text;
  for (const auto index : state.turns()) {
    const auto blocked = waits_for(plan, state, index);
    text +=
        blocked ? fmt::format("; step '{}' waits for {}", plan.steps[index].title, *blocked) : "";
  }
  return text;
}

std::string why_paused(const RunState& state) {
  if (state.pause.failure && state.pause.step.empty()) {
    return fmt::format(
        "paused: {}; `fatmaster continue` goes on with those that are left, "
        "`fatmaster release MODULE` takes one back",
        state.pause.reason);
  }
  if (!state.pause.failure) {
    return "paused by a person; `fatmaster continue` goes on";
  }
  return fmt::format(
      "paused because step '{}' did not succeed ({}){}{}; `fatmaster answer retry`, `continue` or "
      "`stop`",
      state.pause.step,
      state.pause.reason,
      state.safe_since_question ? "; the bench is in its safe state" : "",
      state.holder() == nullptr || state.safe_state_active
          ? ""
          : fmt::format("; {} still running, to the end", holders_text(state)));
}

std::string why_running(const RunState& state, const Plan& plan) {
  if (state.safe_state_active) {
    return "the safe state runs";
  }
  if (state.holder() != nullptr) {
    return what_runs(state) + what_waits(state, plan);
  }
  if (state.cursor() >= plan.steps.size()) {
    return "every step has ended; safe state and backups remain";
  }
  const auto& next = plan.steps[state.cursor()].title;
  const auto& known = state.main_step(state.cursor());
  if (known.last_end && known.last_end->outcome == Outcome::Errored) {
    return fmt::format("waits before it tries step '{}' again ({})", next, known.last_end->reason);
  }
  return fmt::format("is about to start step '{}'", next);
}

std::string why_waiting(const RunState& state) {
  const auto& prompt = state.prompts.begin()->second.asked.prompt;
  const bool others_run = std::ranges::any_of(
      state.holders(), [&](const auto* one) { return one->start.key.title != prompt.step; });
  return fmt::format(
      "waits for an answer to prompt {} of step '{}': {} (`fatmaster answer {} ...`: {}){}",
      prompt.id,
      prompt.step,
      prompt.text,
      prompt.id,
      expected_answers(prompt),
      others_run ? "; meanwhile it " + what_runs(state) : "");
}

std::string why_ending(const RunState& state, std::string_view what) {
  if (state.safe_state_active) {
    return fmt::format("{}: the safe state runs", what);
  }
  if (state.holder() == nullptr) {
    return state.open.empty() ? std::string{what}
                              : fmt::format("{}: the backup has to end first", what);
  }
  const bool one = state.holders().size() == 1;
  return fmt::format("{}: step{} {} {} to end first",
                     what,
                     one ? "" : "s",
                     holders_text(state),
                     one ? "has" : "have");
}

std::string why_so(const Plan& plan, const RunState& state) {
  switch (state.status()) {
    case RunStatus::Idle:
      return "nothing has been started";
    case RunStatus::Running:
      return why_running(state, plan);
    case RunStatus::Pausing:
      return why_ending(state, "pausing");
    case RunStatus::Paused:
      return why_paused(state);
    case RunStatus::Waiting:
      return why_waiting(state);
    case RunStatus::Suspended:
      return fmt::format(
          "held: a process of step '{}' survives being killed; goes on when it is gone",
          state.held_up_by()->start.key.title);
    case RunStatus::Stopping:
      return why_ending(state, "stopping");
    case RunStatus::Aborting:
      return why_ending(state, state.broken ? "broken: " + state.abort_reason : "aborting");
    case RunStatus::Stopped:
    case RunStatus::Aborted:
    case RunStatus::Broken:
      return fmt::format("{}{}{}; `fatmaster resume` goes on",
                         to_string(state.status()),
                         state.end_reason.empty() ? "" : ": ",
                         state.end_reason);
    case RunStatus::Completed:
      return "completed: every step has ended";
  }
  return {};
}

/// With the modules that are left out, whatever the run does.
std::string why(const Plan& plan, const RunState& state) {
  auto text = why_so(plan, state);
  if (!state.quarantined.empty()) {
    text += "; in quarantine:";
    for (const auto& [serial, quarantine] : state.quarantined) {
      text +=
          fmt::format(" {}{}", serial, &serial == &state.quarantined.rbegin()->first ? "" : ",");
    }
  }
  return text;
}

std::vector<std::string> pending(const RunState& state) {
  std::vector<std::string> verbs;
  if (state.ended) {
    return verbs;
  }
  if (state.pausing) {
    verbs.emplace_back("pause after this step");
  }
  if (state.stopping) {
    verbs.emplace_back("stop after this step");
  }
  if (state.aborting) {
    verbs.emplace_back(state.halting ? "halt" : "abort");
  }
  return verbs;
}

int exit_code(const RunState& state, const RunSummary& summary) {
  const bool bad = std::ranges::any_of(summary.modules, [](const auto& module) {
    return module.verdict == Verdict::Failed || module.verdict == Verdict::Inconclusive;
  });
  switch (summary.status) {
    case RunStatus::Completed:
      return summary.verdicts_declared && bad ? 1 : 0;
    case RunStatus::Stopped:
      if (state.stop.failure) {
        return 4;
      }
      return state.reached_until() ? 0 : 5;
    case RunStatus::Aborted:
      return 5;
    case RunStatus::Broken:
      return 70;
    case RunStatus::Idle:
    case RunStatus::Running:
    case RunStatus::Pausing:
    case RunStatus::Paused:
    case RunStatus::Waiting:
    case RunStatus::Suspended:
    case RunStatus::Stopping:
    case RunStatus::Aborting:
      return 0;
  }
  return 0;
}

/// When nobody need answer any more: by the clock that counts, told by the wall clock.
std::optional<WallTime> due(const OpenPrompt& open, const RunState& state, const Instant& now) {
  const auto& deadline = open.asked.prompt.deadline;
  return deadline ? std::optional{now.wall + (open.since + *deadline - state.time(now))}
                  : std::nullopt;
}

std::vector<AlertSummary> alerts(const RunState& state, const Instant& now) {
  const auto& book = state.alerts.book();
  std::vector<AlertSummary> all;
  for (const auto& alert : book.alerts) {
    AlertSummary one{.id = alert.id,
                     .text = alert.text,
                     .since = alert.at,
                     .acknowledged = alert.acknowledged,
                     .called = alert.called,
                     .next = {},
                     .next_at = {}};
    const auto next = alert.acknowledged.empty() ? next_called(book, alert) : std::nullopt;
    if (next) {
      one.next = *next;
      one.next_at = now.wall + (alert.last_call + book.on_call.escalate_after - state.time(now));
    }
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace

std::vector<OpenAttempt> open_attempts(const RunState& state, const Instant& now) {
  std::vector<OpenAttempt> attempts;
  attempts.reserve(state.open.size());
  for (const auto& attempt : state.open) {
    attempts.push_back(describe(attempt, state, now));
  }
  return attempts;
}

StepSummary summarize_step(const Plan& plan,
                           const RunState& state,
                           std::size_t index,
                           const Instant& now) {
  auto step = describe(plan.steps.at(index), index, state, now);
  const auto turns = state.turns();
  if (std::ranges::find(turns, index) != turns.end()) {
    add_what_waits(plan, state, step);
  }
  return step;
}

RunSummary summarize(const Plan& plan, const RunState& state, const Instant& now) {
  RunSummary summary;
  summary.run = plan.run_number;
  summary.status = state.status();
  summary.why = why(plan, state);
  summary.schedule_file = plan.schedule_file;
  summary.run_file = plan.run_file;
  summary.virtual_station = state.opening.virtual_station;
  summary.steps.reserve(plan.steps.size());
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    summary.steps.push_back(describe(plan.steps[i], i, state, now));
  }
  for (const auto index : state.turns()) {
    add_what_waits(plan, state, summary.steps[index]);
  }
  summary.open = open_attempts(state, now);
  for (const auto& [id, open] : state.prompts) {
    summary.prompts.push_back(open.asked.prompt);
    summary.prompt_times.push_back({.asked = open.at, .deadline = due(open, state, now)});
  }
  summary.last_prompt = state.last_prompt;
  summary.plan_version = state.plan_version;
  summary.counters = state.counters;
  if (const auto* lock = state.held_lock(now); lock != nullptr) {
    summary.lock = {
        .who = lock->who, .note = lock->said.note, .until = now.wall + state.lock_left(now)};
  }
  summary.on_call = state.alerts.book().on_call;
  summary.alerts = alerts(state, now);
  auto verdicts = judge_modules(plan, state);
  summary.modules = std::move(verdicts.modules);
  summary.verdicts_declared = verdicts.declared;
  summary.pending = pending(state);
  if (state.opened) {
    summary.started = state.opened_at.wall;
  }
  if (state.ended) {
    summary.ended = state.ended_at;
  }
  summary.exit_code = exit_code(state, summary);
  summary.master_key = state.opening.master_key;
  summary.archived_schedule = state.scheduler.archived_schedule;
  summary.manual_inputs = state.manual_inputs;
  summary.terminated = state.terminated;
  return summary;
}

}  // namespace fat
