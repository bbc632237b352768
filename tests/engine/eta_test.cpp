#include "fat/engine/eta.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/bench_run.hpp"

namespace fat {

namespace {

using ::testing::AllOf;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Le;

PastDurations ten_to_thirty(const Step&) {
  return {.durations = {30min, 10min, 20min, 20min, 20min}};
}

PastDurations exactly_twenty(const Step&) {
  return {.durations = std::vector<Microseconds>(20, 20min)};
}

PastDurations nothing(const Step&) {
  return {};
}

Eta eta_of(const BenchRun& run, const Past& past) {
  return expect(run.plan(), run.state(), run.clock.now(), past);
}

Microseconds until_likely_end(const BenchRun& run, const Past& past) {
  return eta_of(run, past).end->likely - run.clock.now().wall;
}

TEST(Eta, AddsWhatThePastTook) {
  const BenchRun run{plan_of({command("a"), command("b")})};

  EXPECT_EQ(until_likely_end(run, exactly_twenty), 40min);
}

TEST(Eta, OneStepVariesAsItDidBefore) {
  const BenchRun run{plan_of({command("a")})};

  const auto end = *eta_of(run, ten_to_thirty).end;

  EXPECT_THAT((end.likely - run.clock.now().wall) / 1min, AllOf(Ge(18), Le(22)));
  EXPECT_THAT((end.early - run.clock.now().wall) / 1min, AllOf(Ge(8), Le(14)));
  EXPECT_THAT((end.late - run.clock.now().wall) / 1min, AllOf(Ge(26), Le(34)));
}

TEST(Eta, TheRangeGrowsSlowerThanTheSum) {
  const BenchRun one{plan_of({command("a")})};
  const BenchRun four{plan_of({command("a"), command("b"), command("c"), command("d")})};
  const auto width = [](const TimeRange& range) { return range.late - range.early; };

  const auto short_range = width(*eta_of(one, ten_to_thirty).end);
  const auto long_range = width(*eta_of(four, ten_to_thirty).end);

  EXPECT_GT(short_range, 0s);
  EXPECT_GT(long_range, short_range);
  EXPECT_LT(long_range, 3 * short_range);
}

TEST(Eta, BeingWrongAboutAStepIsBeingWrongAboutAllOfItsRepetitions) {
  auto twin = command("a");
  std::vector<Step> same, different;
  for (int i = 0; i < 16; ++i) {
    twin.title = "t" + std::to_string(i);
    same.push_back(twin);
    different.push_back(command(twin.title));
  }
  const auto once = [](const Step&) { return PastDurations{.durations = {20min}}; };
  const auto width = [&](std::vector<Step> steps) {
    const auto end = *eta_of(BenchRun{plan_of(std::move(steps))}, once).end;
    return end.late - end.early;
  };

  EXPECT_GT(width(same), 2 * width(different));
}

TEST(Eta, ManyRunsNarrowTheRange) {
  const BenchRun run{plan_of({command("a"), command("b"), command("c")})};
  const auto width = [&](std::size_t runs) {
    const auto past = [&](const Step&) {
      const std::vector<Microseconds> all{19min, 21min, 20min, 18min, 22min, 20min, 19min, 21min};
      return PastDurations{.durations = {all.begin(), all.begin() + static_cast<int>(runs)}};
    };
    const auto end = *eta_of(run, past).end;
    return (end.late - end.early) * 100 / (end.likely - run.clock.now().wall);
  };

  EXPECT_GT(width(0), width(1));
  EXPECT_GT(width(1), width(8));
}

TEST(Eta, AStepInTheBackgroundCostsNoTimeWhileOthersRunBesideIt) {
  auto analyse = command("analyse");
  analyse.needs = {"cpu"};
  analyse.background = true;
  auto measure = command("measure");
  measure.needs = {"hv"};

  EXPECT_EQ(until_likely_end(BenchRun{plan_of({analyse, measure, command("m2")})}, exactly_twenty),
            40min);
  EXPECT_EQ(until_likely_end(BenchRun{plan_of({analyse, command("whole bench")})}, exactly_twenty),
            40min);
}

TEST(Eta, WhatFollowsAStepInTheBackgroundBeginsAtItsEnd) {
  auto analyse = command("analyse");
  analyse.needs = {"cpu"};
  analyse.background = true;
  auto use = command("use");
  use.needs = {"hv"};
  use.after = {"analyse"};

  EXPECT_EQ(until_likely_end(BenchRun{plan_of({analyse, use})}, exactly_twenty), 40min);
}

TEST(Eta, WhatARunningStepHasDoneIsNotExpectedAgain) {
  BenchRun run{plan_of({command("a")})};
  run.pass(15min);

  EXPECT_EQ(until_likely_end(run, exactly_twenty), 5min);
}

TEST(Eta, AStepThatRunsLongerThanUsualIsOneOfTheLongOnes) {
  BenchRun run{plan_of({command("a")})};
  run.pass(25min);

  EXPECT_THAT(until_likely_end(run, ten_to_thirty) / 1min, AllOf(Ge(1), Le(12)));
}

TEST(Eta, AStepThatRunsLongerThanEverIsNotAboutToEnd) {
  BenchRun run{plan_of({command("a")})};
  run.pass(100min);

  EXPECT_THAT(until_likely_end(run, exactly_twenty) / 1min, AllOf(Ge(20), Le(80)));
}

TEST(Eta, NoStepTakesLongerThanItsTimeOut) {
  auto step = command("a");
  step.timeout = 5min;
  const auto end = *eta_of(BenchRun{plan_of({step})}, ten_to_thirty).end;

  EXPECT_EQ(end.late, end.early);
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

  EXPECT_EQ(until_likely_end(run, exactly_twenty), 26min);
}

TEST(Eta, FallsBackToTheTasksOwnEstimate) {
  auto step = command("a");
  step.estimate = 5min;

  const BenchRun run{plan_of({step})};

  const auto eta = eta_of(run, nothing);

  EXPECT_LT(eta.end->early, run.clock.now().wall + 4min);
  EXPECT_GT(eta.end->late, run.clock.now().wall + 6min);
  EXPECT_EQ(eta.estimated_steps, 1);
  EXPECT_THAT(to_text(eta), HasSubstr("1 step never ran here: estimated by the task"));
}

TEST(Eta, OtherParametersOfTheTaskAreBetterThanAnEstimate) {
  auto step = command("a");
  step.estimate = 5min;
  const auto other = [](const Step&) {
    return PastDurations{.durations = {58min, 60min, 62min}, .same_parameters = false};
  };

  EXPECT_THAT(until_likely_end(BenchRun{plan_of({step})}, other) / 1min, AllOf(Ge(45), Le(75)));
}

TEST(Eta, SaysHowManyStepsAreGuessed) {
  const auto eta = eta_of(BenchRun{plan_of({command("a"), command("b")})}, nothing);

  EXPECT_EQ(eta.guessed_steps, 2);
  EXPECT_THAT(to_text(eta), HasSubstr("2 steps never ran here: guessed, 10 min each"));
}

TEST(Eta, RemembersWhatItSaidForAWhile) {
  int asked = 0;
  RunCampaign campaign{plan_of({command("a")}), 1, [&](const Step&) {
                         ++asked;
                         return PastDurations{.durations = {20min}};
                       }};
  const BenchRun run{campaign.plan()};
  for (const auto& event : run.events()) {
    campaign.apply(event);
  }
  auto now = run.clock.now();
  const auto first = campaign.summary(now).eta;
  now.wall += 500ms;
  now.boot += 500ms;

  EXPECT_EQ(campaign.summary(now).eta->asked, first->asked);
  now.wall += 5s;
  now.boot += 5s;
  EXPECT_EQ(campaign.summary(now).eta->asked, now.wall);
  EXPECT_EQ(asked, 1);
}

TEST(Eta, LearnsFromAStepThatHasJustRun) {
  std::vector<Microseconds> durations{20min};
  auto again = command("again");
  again.command = "do first";
  RunCampaign campaign{plan_of({command("first"), again}), 1, [&](const Step&) {
                         return PastDurations{.durations = durations};
                       }};
  BenchRun run{campaign.plan()};
  run.pass(40min);
  auto follow = [&, told = std::size_t{0}]() mutable {
    for (; told < run.events().size(); ++told) {
      campaign.apply(run.events()[told]);
    }
  };
  follow();
  campaign.summary(run.clock.now());
  durations = std::vector<Microseconds>(20, 40min);
  run.done("first");
  follow();
  run.clock.advance(2s);

  const auto left = campaign.summary(run.clock.now()).eta->end->likely - run.clock.now().wall;

  EXPECT_EQ(left / 1min, 39);
}

TEST(Eta, NamesTheNextQuestionAndWhenItComes) {
  const BenchRun run{plan_of({command("a"), question("look"), command("b"), question("again")})};

  const auto eta = eta_of(run, exactly_twenty);

  ASSERT_TRUE(eta.next_person);
  EXPECT_EQ(eta.next_person->step, "look");
  EXPECT_EQ(eta.next_person->when.likely, run.clock.now().wall + 20min);
  EXPECT_EQ(eta.next_person->when.late, run.clock.now().wall + 20min);
  EXPECT_EQ(eta.questions_ahead, 2);
  EXPECT_THAT(to_text(eta), HasSubstr("plus the time until 2 questions are answered"));
}

TEST(Eta, AnOpenQuestionNeedsAPersonNow) {
  const BenchRun run{plan_of({question("look"), command("b")})};

  EXPECT_EQ(eta_of(run, ten_to_thirty).next_person->when.likely, run.clock.now().wall);
}

TEST(Eta, SaysWhoIsNeededAfterAnOpenQuestion) {
  const BenchRun run{plan_of({question("look"), command("b"), question("again"), command("c")})};

  const auto eta = eta_of(run, exactly_twenty);

  EXPECT_EQ(eta.questions_ahead, 2);
  EXPECT_EQ(after_answer_text(eta),
            "answered now, the run ends in 40 min, 2026-11-21 00:40; the next person is needed in "
            "20 min, 2026-11-21 00:20: again");
}

TEST(Eta, StopsCountingAtUntil) {
  const BenchRun run{plan_of({command("a"), command("b")}), {.until = "a"}};

  EXPECT_EQ(until_likely_end(run, exactly_twenty), 20min);
}

TEST(Eta, AnEndedRunHasNoExpectedEnd) {
  BenchRun run{plan_of({command("a")})};
  run.done("a");

  EXPECT_FALSE(eta_of(run, ten_to_thirty).end);
}

}  // namespace

}  // namespace fat
