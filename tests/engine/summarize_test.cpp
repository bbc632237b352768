#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/bench_run.hpp"

namespace fat {

namespace {

using ::testing::HasSubstr;

Plan with_promise() {
  Plan plan;
  plan.modules = {{.serial = "DEgg-1"}, {.serial = "DEgg-2"}};
  plan.steps = {command("dark"), command("note")};
  plan.steps[0].measurements = {{.name = "dark_rate"}};
  return plan;
}

void measure(BenchRun& run, const std::string& module, double value) {
  run.tell(AttemptReported{
      .key = {.title = "dark", .attempt = 1},
      .measurements = {
          {.module = module, .name = "dark_rate", .value = value, .limits = {.max = 2600}}}});
}

TEST(Summarize, SaysNoVerdictsWhenNothingDeclaresAMeasurement) {
  Plan plan;
  plan.modules = {{.serial = "DEgg-1"}};
  plan.steps = {command("a")};

  EXPECT_FALSE(BenchRun{plan}.summary().verdicts_declared);
}

TEST(Summarize, AModuleOutOfLimitsFailsAndTheOtherPasses) {
  BenchRun run{with_promise()};
  measure(run, "DEgg-1", 812);
  measure(run, "DEgg-2", 9000);
  run.done("dark");
  run.done("note");

  const auto summary = run.summary();

  EXPECT_EQ(summary.modules[0].verdict, Verdict::Passed);
  EXPECT_EQ(summary.modules[1].verdict, Verdict::Failed);
  EXPECT_THAT(summary.modules[1].reason, HasSubstr("dark_rate"));
  EXPECT_EQ(summary.exit_code, 1);
}

TEST(Summarize, APromisedMeasurementThatIsMissingIsInconclusive) {
  BenchRun run{with_promise()};
  measure(run, "DEgg-1", 812);
  run.done("dark");
  run.done("note");

  EXPECT_EQ(run.summary().modules[1].verdict, Verdict::Inconclusive);
  EXPECT_EQ(run.summary().exit_code, 1);
}

TEST(Summarize, OnlyASkipByAPersonWaivesAPromise) {
  BenchRun by_itself{with_promise()};
  by_itself.skipped("dark");
  BenchRun by_person{with_promise()};
  by_person.restart();
  by_person.lost("dark");
  by_person.answers("skip", "no dark box today");

  EXPECT_EQ(by_itself.summary().modules[0].verdict, Verdict::Inconclusive);
  EXPECT_EQ(by_person.summary().modules[0].verdict, Verdict::NotRun);
}

TEST(Summarize, ANewAttemptForgetsWhatTheOldOneMeasured) {
  BenchRun run{with_promise()};
  measure(run, "DEgg-1", 9000);
  run.errored("dark");
  run.answers("retry");

  EXPECT_NE(run.summary().modules[0].verdict, Verdict::Failed);
}

TEST(Summarize, SaysWhyTheRunDoesNotGoOn) {
  BenchRun run{with_promise()};
  run.errored("dark");

  EXPECT_THAT(run.summary().why, HasSubstr("step 'dark' did not succeed (exit status 3)"));
}

TEST(Summarize, ListsWhatWasAcceptedAndNotYetDone) {
  BenchRun run{with_promise()};
  run.says({.kind = VerbKind::Pause});
  run.says({.kind = VerbKind::Stop});

  EXPECT_THAT(run.summary().pending,
              testing::ElementsAre("pause after this step", "stop after this step"));
}

TEST(Summarize, NumbersOfPromptsAreNeverUsedAgain) {
  BenchRun run{with_promise()};
  run.errored("dark");
  run.answers("continue");

  EXPECT_EQ(run.summary().last_prompt, 1);
}

}  // namespace

}  // namespace fat
