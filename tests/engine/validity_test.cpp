// Results that count only while a signal lies in its window.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/bench_run.hpp"

namespace fat {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Plan cold_plan(Step step = command("gain")) {
  step.valid_when = {{.signal = "freezer", .low = -42, .high = -38, .unit = "degC"}};
  Plan plan;
  plan.run_number = 12;
  plan.modules = {{.serial = "degg"}};
  plan.steps = {command("cool down"), std::move(step)};
  return plan;
}

void reads(BenchRun& run, double value, const std::string& unit = "degC") {
  run.tell(
      SignalRead{.signal = "freezer", .value = value, .unit = unit, .at = run.clock.now().wall});
}

void measures(BenchRun& run) {
  run.tell(AttemptReported{
      .key = {.title = "gain"},
      .measurements = {
          {.module = "degg", .name = "gain", .value = 1, .limits = {.min = 0, .max = 2}}}});
}

TEST(Validity, AStepStartsWhileItsSignalLiesInTheWindow) {
  BenchRun run{cold_plan()};
  reads(run, -40);

  run.done("cool down");

  EXPECT_THAT(run.running(), ElementsAre("gain"));
}

TEST(Validity, OutOfTheWindowAnAttemptIsRefusedAndRecorded) {
  BenchRun run{cold_plan()};
  reads(run, -31.2);
  run.story();

  run.done("cool down");

  EXPECT_THAT(run.running(), IsEmpty());
  EXPECT_EQ(run.status(), RunStatus::Paused);
  EXPECT_THAT(
      run.story(),
      testing::Contains("end gain/1: refused, errored (not valid: freezer is at -31.2 degC, "
                        "not in [-42, -38] degC)"));
}

TEST(Validity, WhatNobodyHasReadIsNotValid) {
  BenchRun run{cold_plan()};

  run.done("cool down");

  EXPECT_THAT(run.summary().why, HasSubstr("not valid: nobody has read freezer"));
}

TEST(Validity, AnOldReadingIsNotValid) {
  BenchRun run{cold_plan()};
  reads(run, -40);
  run.pass(11min);

  run.done("cool down");

  EXPECT_THAT(run.summary().why,
              HasSubstr("freezer was last read 11 min before, more than 10 min"));
}

TEST(Validity, AReadingInAnotherUnitIsNotValid) {
  BenchRun run{cold_plan()};
  reads(run, -40, "K");

  run.done("cool down");

  EXPECT_THAT(run.summary().why, HasSubstr("freezer is at -40 K, not in [-42, -38] degC"));
}

TEST(Validity, TheAgeOfAReadingCountsFromWhenItWasRead) {
  BenchRun run{cold_plan()};
  run.tell(SignalRead{.signal = "freezer",
                      .value = -40,
                      .unit = "degC",
                      .at = run.clock.now().wall - Microseconds{20min}});

  run.done("cool down");

  EXPECT_EQ(run.status(), RunStatus::Paused);
}

TEST(Validity, ARetryIsRefusedTooAndStartsWhenTheSignalIsBack) {
  auto step = command("gain");
  step.attempts = 3;
  step.retry_delay = 5min;
  BenchRun run{cold_plan(step)};
  reads(run, -40);
  run.done("cool down");
  reads(run, -31);

  run.errored("gain");
  run.pass(5min);
  EXPECT_THAT(run.running(), IsEmpty());
  EXPECT_THAT(run.state_of("gain"), HasSubstr("retry in"));

  reads(run, -39);
  run.pass(5min);
  EXPECT_THAT(run.running(), ElementsAre("gain"));
  EXPECT_EQ(run.state().step("gain")->attempts, 3);
}

TEST(Validity, WhatIsMeasuredWhileTheSignalLeavesTheWindowIsMarked) {
  BenchRun run{cold_plan()};
  reads(run, -40);
  run.done("cool down");
  measures(run);
  reads(run, -31);
  reads(run, -40);

  run.done("gain");

  const auto summary = run.summary();
  EXPECT_EQ(summary.steps.at(1).outcome, Outcome::Done);
  EXPECT_EQ(summary.steps.at(1).environment, "freezer is at -31 degC, not in [-42, -38] degC");
  EXPECT_EQ(summary.modules.at(0).verdict, Verdict::Inconclusive);
  EXPECT_THAT(summary.modules.at(0).reason, HasSubstr("gain: measured out of its environment"));
  EXPECT_EQ(summary.exit_code, 1);
}

TEST(Validity, ANewAttemptTakesTheMarkAway) {
  BenchRun run{cold_plan()};
  reads(run, -40);
  run.done("cool down");
  reads(run, -31);
  run.errored("gain");
  reads(run, -40);

  EXPECT_NE(run.summary().steps.at(1).environment, "");
  run.answers("retry");
  run.done("gain");

  EXPECT_EQ(run.summary().steps.at(1).environment, "");
}

TEST(Validity, AResultWhoseSignalNobodyReadMeanwhileIsMarked) {
  BenchRun run{cold_plan()};
  reads(run, -40);
  run.done("cool down");
  run.pass(1h);

  run.done("gain");

  EXPECT_THAT(run.summary().steps.at(1).environment, HasSubstr("freezer was last read 1 h before"));
}

TEST(Validity, OfWhatEndedWhileTheSchedulerWasAwayTheMomentOfItsEndCounts) {
  BenchRun run{cold_plan()};
  reads(run, -40);
  run.done("cool down");
  run.pass(1h);

  run.ends("gain", {.outcome = Outcome::Done, .cause = EndCause::Harvested, .ran = 5min});

  EXPECT_EQ(run.summary().steps.at(1).environment, "");
}

TEST(Validity, SurvivesACrash) {
  BenchRun run{cold_plan()};
  reads(run, -40);
  run.done("cool down");
  reads(run, -31);
  run.crash();

  run.done("gain");

  EXPECT_NE(run.summary().steps.at(1).environment, "");
}

}  // namespace

}  // namespace fat
