// Modules that stop answering, or that a person takes out: who runs without them, what is said.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/bench_run.hpp"
#include "fat/engine/missed_steps.hpp"

namespace fat {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Step dark_rate(const std::string& title) {
  auto step = command(title);
  step.measurements = {{.name = "dark_rate", .min = 0, .max = 2600, .unit = "Hz"}};
  return step;
}

Plan three_modules() {
  auto plan = plan_of({dark_rate("a"), dark_rate("b"), dark_rate("c")});
  plan.modules = {{.serial = "m1"}, {.serial = "m2"}, {.serial = "m3"}};
  return plan;
}

Verb quarantine(const std::string& serial, const std::string& reason = "smoke") {
  return {.kind = VerbKind::Quarantine, .who = "anna", .value = serial, .reason = reason};
}

Verb release(const std::string& serial) {
  return {.kind = VerbKind::Release, .who = "anna", .value = serial};
}

AttemptStarted newest_start(const BenchRun& run) {
  AttemptStarted newest;
  for (const auto& event : run.events()) {
    if (const auto* started = std::get_if<AttemptStarted>(&event.body)) {
      newest = *started;
    }
  }
  return newest;
}

void reports(BenchRun& run, const std::string& title, const std::vector<std::string>& serials) {
  AttemptReported report;
  report.key.title = title;
  for (const auto& serial : serials) {
    report.measurements.push_back(
        {.module = serial, .name = "dark_rate", .value = 800, .limits = {.max = 2600}});
  }
  run.tell(report);
}

void falls_silent(BenchRun& run, const std::string& title, const std::string& serial) {
  AttemptReported report;
  report.key.title = title;
  report.modules = {{serial, false, "no prompt within 2 s"}};
  run.tell(report);
}

const ModuleSummary& module(const RunSummary& summary, const std::string& serial) {
  return *std::ranges::find(summary.modules, serial, &ModuleSummary::serial);
}

TEST(Quarantine, AModuleReportedUnresponsiveLeavesTheFollowingSteps) {
  BenchRun run{three_modules()};
  falls_silent(run, "a", "m2");
  reports(run, "a", {"m1", "m3"});
  EXPECT_THAT(newest_start(run).without, IsEmpty());

  run.done("a");

  EXPECT_THAT(newest_start(run).without, ElementsAre("m2"));
  EXPECT_TRUE(module(run.summary(), "m2").quarantined);
  EXPECT_THAT(run.summary().why, HasSubstr("in quarantine: m2"));
}

TEST(Quarantine, WhatItMissedMakesItInconclusiveWhateverASteSaysOfIt) {
  BenchRun run{three_modules()};
  reports(run, "a", {"m1", "m2", "m3"});
  run.done("a");
  run.says(quarantine("m2"));
  reports(run, "b", {"m1", "m2", "m3"});
  run.done("b");
  reports(run, "c", {"m1", "m2", "m3"});
  run.done("c");

  const auto summary = run.summary();

  EXPECT_EQ(run.status(), RunStatus::Completed);
  EXPECT_EQ(module(summary, "m1").verdict, Verdict::Passed);
  EXPECT_EQ(module(summary, "m2").verdict, Verdict::Inconclusive);
  EXPECT_EQ(module(summary, "m2").reason, "1 of 3 not run");
  EXPECT_EQ(summary.exit_code, 1);
  EXPECT_TRUE(has_missed(run.plan().steps[2], run.state().main_step(2), "m2"));
  EXPECT_FALSE(has_missed(run.plan().steps[0], run.state().main_step(0), "m2"));
}

TEST(Quarantine, SurvivesACrashAndEndsWithARelease) {
  BenchRun run{three_modules()};
  run.says(quarantine("m1"));
  run.crash();
  run.restart();
  run.done("a");
  EXPECT_THAT(newest_start(run).without, ElementsAre("m1"));

  EXPECT_TRUE(run.says(release("m1")).accepted);
  run.done("b");

  EXPECT_THAT(newest_start(run).without, IsEmpty());
}

TEST(Quarantine, TheSafeStateComesToItAfterTheOthers) {
  auto plan = three_modules();
  plan.safe_state = {command("hv off")};
  BenchRun run{plan};
  run.says(quarantine("m1"));
  run.done("a");
  run.done("b");
  run.done("c");

  const auto action = newest_start(run);

  EXPECT_EQ(action.key.title, "hv off");
  EXPECT_THAT(action.without, IsEmpty());
  EXPECT_THAT(action.last, ElementsAre("m1"));
}

TEST(Quarantine, NeedsAReasonAndAModuleOfTheRun) {
  BenchRun run{three_modules()};

  EXPECT_FALSE(run.says(quarantine("m1", "")).accepted);
  EXPECT_THAT(run.says(quarantine("m4")).text, HasSubstr("the run has no module 'm4'"));
  EXPECT_TRUE(run.says(release("m1")).accepted);
  EXPECT_FALSE(run.says(release("m4")).accepted);
}

TEST(Quarantine, AStepThatReportsAModuleNobodyKnowsChangesNothing) {
  BenchRun run{three_modules()};

  falls_silent(run, "a", "m9");

  EXPECT_THAT(run.state().quarantined, IsEmpty());
}

TEST(Quarantine, BelowMinModulesTheRunPausesOnceUntilAPersonGoesOn) {
  auto plan = three_modules();
  plan.min_modules = 2;
  BenchRun run{plan};
  run.says(quarantine("m1"));
  run.says(quarantine("m2"));
  run.done("a");
  EXPECT_EQ(run.status(), RunStatus::Paused);
  EXPECT_THAT(run.summary().why, HasSubstr("2 of 3 modules are in quarantine"));

  run.says({.kind = VerbKind::Continue, .who = "anna"});

  EXPECT_EQ(run.status(), RunStatus::Running);
  EXPECT_THAT(newest_start(run).without, ElementsAre("m1", "m2"));
}

TEST(Quarantine, BelowMinModulesABatchRunStops) {
  auto plan = three_modules();
  plan.min_modules = 3;
  BenchRun run{plan, {.batch = true}};
  run.says(quarantine("m1"));

  run.done("a");

  EXPECT_EQ(run.status(), RunStatus::Stopped);
}

}  // namespace

}  // namespace fat
