// Short words -> the events and plans that journal tests are made of.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "fat/ports/journal.hpp"

namespace fat {

inline Instant moment(int second) {
  return {.wall = WallTime{std::chrono::hours{494'000}} + std::chrono::seconds{second},
          .boot = std::chrono::seconds{second},
          .boot_id = "b0f1c2d3-0000-4000-8000-0123456789ab"};
}

inline Event event(int run, int second, EventBody body) {
  return {.run = run, .at = moment(second), .who = "fatmaster", .body = std::move(body)};
}

inline Event note(int run, const std::string& text) {
  return event(run, 1, Noted{.level = "info", .text = text});
}

inline AttemptKey attempt_of(const std::string& title, int attempt = 1) {
  return {.list = StepList::Main, .title = title, .attempt = attempt};
}

inline Event started(int run, const AttemptKey& key, int plan_version = 1) {
  AttemptStarted body;
  body.key = key;
  body.plan_version = plan_version;
  body.token = "token of " + key.title;
  return event(run, 10, std::move(body));
}

inline Event ended(int run,
                   const AttemptKey& key,
                   Microseconds ran,
                   Outcome outcome = Outcome::Done) {
  AttemptEnded body;
  body.key = key;
  body.outcome = outcome;
  body.ran = ran;
  return event(run, 20, std::move(body));
}

inline Plan plan_with(const std::vector<std::string>& titles) {
  Plan plan;
  plan.schedule_file = "/station/schedules/cold.ini";
  plan.run_file = "/station/runs/run/run_00012.json";
  plan.run_number = 12;
  for (const auto& title : titles) {
    Step step;
    step.title = title;
    step.kind = StepKind::Builtin;
    step.task = "task_of_" + title;
    step.arguments = {{.name = "n_jobs", .value = "4"}};
    plan.steps.push_back(step);
  }
  return plan;
}

inline Event adopted(int run, int version) {
  PlanAdopted body;
  body.version = version;
  return event(run, 2, std::move(body));
}

}  // namespace fat
