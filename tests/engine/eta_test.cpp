#include "fat/engine/eta.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/bench_run.hpp"

namespace fat {

namespace {

using ::testing::HasSubstr;

std::vector<Microseconds> ten_to_thirty(const Step&) {
  return {30min, 10min, 20min, 20min, 20min};
}

std::vector<Microseconds> nothing(const Step&) {
  return {};
}

Eta eta_of(const BenchRun& run, const PastDurations& past) {
  return expect(run.plan(), run.state(), run.clock.now(), past);
}

Microseconds until_likely_end(const BenchRun& run, const PastDurations& past) {
  return eta_of(run, past).end->likely - run.clock.now().wall;
}

TEST(Eta, AddsTheMediansOfThePast) {
  const BenchRun run{plan_of({command("a"), command("b")})};

  EXPECT_EQ(until_likely_end(run, ten_to_thirty), 40min);
}

TEST(Eta, TheRangeGrowsSlowerThanTheSum) {
  const BenchRun one{plan_of({command("a")})};
  const BenchRun four{plan_of({command("a"), command("b"), command("c"), command("d")})};
  const auto width = [](const TimeRange& range) { return range.late - range.early; };

  const auto short_range = width(*eta_of(one, ten_to_thirty).end);
  const auto long_range = width(*eta_of(four, ten_to_thirty).end);

  EXPECT_GT(short_range, 0s);
  EXPECT_EQ(long_range, 2 * short_range);
}

TEST(Eta, AStepInTheBackgroundCostsNoTimeWhileOthersRunBesideIt) {
  auto analyse = command("analyse");
  analyse.needs = {"cpu"};
  analyse.background = true;
  auto measure = command("measure");
  measure.needs = {"hv"};

  EXPECT_EQ(until_likely_end(BenchRun{plan_of({analyse, measure, measure})}, ten_to_thirty), 40min);
  EXPECT_EQ(until_likely_end(BenchRun{plan_of({analyse, command("whole bench")})}, ten_to_thirty),
            40min);
}

TEST(Eta, WhatFollowsAStepInTheBackgroundBeginsAtItsEnd) {
  auto analyse = command("analyse");
  analyse.needs = {"cpu"};
  analyse.background = true;
  auto use = command("use");
  use.needs = {"hv"};
  use.after = {"analyse"};

  EXPECT_EQ(until_likely_end(BenchRun{plan_of({analyse, use})}, ten_to_thirty), 40min);
}

TEST(Eta, WhatARunningStepHasDoneIsNotExpectedAgain) {
  BenchRun run{plan_of({command("a")})};
  run.pass(15min);

  EXPECT_EQ(until_likely_end(run, ten_to_thirty), 5min);
}

TEST(Eta, AWaitIsExact) {
  BenchRun run{plan_of({wait("w", "2 h")})};
  run.pass(30min);

  const auto end = *eta_of(run, nothing).end;

  EXPECT_EQ(end.likely, run.clock.now().wall + 90min);
  EXPECT_EQ(end.early, end.late);
}

TEST(Eta, NothingEndsBeforeACalendarWait) {
  auto until = wait("w", "");
  until.arguments = {{.name = "until", .value = "2031-01-01 00:00"}};
  const BenchRun run{plan_of({command("a"), until})};

  const auto end = *eta_of(run, ten_to_thirty).end;

  EXPECT_EQ(end.early, end.late);
  EXPECT_GT(end.likely, run.clock.now().wall + 1000h);
}

TEST(Eta, ARetryDelayCounts) {
  auto step = command("a");
  step.attempts = 2;
  step.retry_delay = 10min;
  BenchRun run{plan_of({step})};
  run.errored("a");
  run.pass(4min);

  EXPECT_EQ(until_likely_end(run, ten_to_thirty), 26min);
}

TEST(Eta, FallsBackToTheTasksOwnEstimate) {
  auto step = command("a");
  step.estimate = 5min;

  EXPECT_EQ(until_likely_end(BenchRun{plan_of({step})}, nothing), 5min);
}

TEST(Eta, CountsTheStepsItKnowsNothingAbout) {
  const auto eta = eta_of(BenchRun{plan_of({command("a"), command("b")})}, nothing);

  EXPECT_EQ(eta.unknown_steps, 2);
  EXPECT_THAT(to_text(eta), HasSubstr("2 steps never ran here and are not counted"));
}

TEST(Eta, NamesTheNextQuestionAndWhenItComes) {
  const BenchRun run{plan_of({command("a"), question("look"), command("b"), question("again")})};

  const auto eta = eta_of(run, ten_to_thirty);

  ASSERT_TRUE(eta.next_person);
  EXPECT_EQ(eta.next_person->step, "look");
  EXPECT_EQ(eta.next_person->when.likely, run.clock.now().wall + 20min);
  EXPECT_EQ(eta.questions_ahead, 2);
  EXPECT_THAT(to_text(eta), HasSubstr("plus the time until 2 questions are answered"));
}

TEST(Eta, AnOpenQuestionNeedsAPersonNow) {
  const BenchRun run{plan_of({question("look"), command("b")})};

  EXPECT_EQ(eta_of(run, ten_to_thirty).next_person->when.likely, run.clock.now().wall);
}

TEST(Eta, StopsCountingAtUntil) {
  const BenchRun run{plan_of({command("a"), command("b")}), {.until = "a"}};

  EXPECT_EQ(until_likely_end(run, ten_to_thirty), 20min);
}

TEST(Eta, AnEndedRunHasNoExpectedEnd) {
  BenchRun run{plan_of({command("a")})};
  run.done("a");

  EXPECT_FALSE(eta_of(run, ten_to_thirty).end);
}

}  // namespace

}  // namespace fat
