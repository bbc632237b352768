// A small run at 2026-11-21 00:00 UTC, for tests of what people read.
#pragma once

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <string>
#include <utility>

#include "fakes/manual_clock.hpp"
#include "fakes/scripted_campaign.hpp"

namespace fat {

inline StepSummary pending_step(int index, std::string title, StepKind kind = StepKind::Command) {
  StepSummary step;
  step.index = index;
  step.title = std::move(title);
  step.kind = kind;
  step.state = "pending";
  return step;
}

inline StepSummary ended_step(int index, std::string title, Outcome outcome, Microseconds ran) {
  StepSummary step = pending_step(index, std::move(title));
  step.outcome = outcome;
  step.state = std::string{to_string(outcome)};
  step.attempts = 1;
  step.ran = ran;
  return step;
}

/// Run 12 with [0] status_check (done), [1] gain (running since five minutes), [2] note, [3] check
/// cables (asks a person), [4] wait.
inline ScriptedCampaign sample_run(const Instant& now) {
  using std::chrono::minutes;
  setenv("TZ", "UTC", 1);
  tzset();
  ScriptedCampaign campaign;
  campaign.the_plan.run_number = 12;
  campaign.the_plan.run_file = "/station/runs/run/run_00012.json";
  campaign.the_plan.modules = {
      {.serial = "DEgg2021-3-133", .path = "m.json", .port = 6001, .host = "localhost"}};
  for (const char* title : {"status_check", "gain", "note", "check cables", "wait"}) {
    Step step;
    step.title = title;
    campaign.the_plan.steps.push_back(step);
  }
  campaign.the_plan.steps[1].attempts = 3;
  campaign.the_plan.steps[3].kind = StepKind::Prompt;

  RunSummary& summary = campaign.the_summary;
  summary.run = 12;
  summary.status = RunStatus::Running;
  summary.schedule_file = "/station/schedules/cold.ini";
  summary.run_file = "/station/runs/run/run_00012.json";
  summary.started = now.wall - minutes{10};
  summary.steps = {ended_step(0, "status_check", Outcome::Done, minutes{4}),
                   pending_step(1, "gain"),
                   pending_step(2, "note"),
                   pending_step(3, "check cables", StepKind::Prompt),
                   pending_step(4, "wait", StepKind::Wait)};
  summary.steps[1].state = "running";
  summary.steps[1].attempts = 1;
  OpenAttempt attempt;
  attempt.key = {.list = StepList::Main, .title = "gain", .attempt = 1};
  attempt.index = 1;
  attempt.started = now;
  attempt.started.wall -= minutes{5};
  attempt.started.boot -= minutes{5};
  attempt.progress = 0.25;
  attempt.text = "PMT 7 of 32";
  summary.open = {attempt};
  return campaign;
}

/// Question 2 of "check cables": yes or no.
inline Prompt cable_question() {
  Prompt prompt;
  prompt.id = 2;
  prompt.step = "check cables";
  prompt.text = "Are the cables dry?";
  return prompt;
}

inline Event event_at(const Instant& now, EventBody body, std::string who = "fatmaster") {
  return {.run = 12, .at = now, .who = std::move(who), .body = std::move(body)};
}

}  // namespace fat
