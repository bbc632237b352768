// A plan and a past -> the campaign as it would be.
#include "fat/engine/rehearsal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/bench_run.hpp"
#include "fat/engine/target_temperature.hpp"

namespace fat {

namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

PastDurations exactly_twenty(const Step&) {
  return {.durations = std::vector<Microseconds>(20, 20min)};
}

PastDurations ten_to_thirty(const Step&) {
  return {.durations = {30min, 10min, 20min, 20min, 20min}};
}

Step freezer(const std::string& title, const std::string& current, const std::string& delta) {
  auto step = command(title);
  step.kind = StepKind::Python;
  step.command.clear();
  step.task = "dummy_wrapper";
  step.arguments = {{.name = "fcurrent", .value = current}, {.name = "fdelta", .value = delta}};
  return step;
}

RehearsalRequest at_midnight() {
  RehearsalRequest request;
  request.start = ManualClock{}.now();
  return request;
}

/// "20 min trouble gain: ...".
std::vector<std::string> timeline(const Rehearsal& rehearsal) {
  std::vector<std::string> lines;
  lines.reserve(rehearsal.milestones.size());
  for (const auto& one : rehearsal.milestones) {
    lines.push_back(to_text(one.at - rehearsal.start) + " " + std::string{to_string(one.kind)} +
                    " " + one.text);
  }
  return lines;
}

TEST(Rehearsal, TakesWhatTheStepsTookAndWaitsExactly) {
  const auto plan = plan_of({command("a"), wait("w", "3 h"), command("b")});

  const auto rehearsal = rehearse(plan, exactly_twenty, at_midnight());

  EXPECT_THAT(timeline(rehearsal), ElementsAre("3 h 40 min end the run is completed"));
  EXPECT_EQ(rehearsal.status, RunStatus::Completed);
  EXPECT_EQ(rehearsal.attempts.size(), 3U);
  EXPECT_THAT(rehearsal.never_started, IsEmpty());
}

TEST(Rehearsal, SaysWhenATemperatureIsReachedAndAPersonIsNeeded) {
  auto cool = command("cool");
  cool.tags = {"-20 degC"};
  const auto plan = plan_of({freezer("f", "20", "-60"), question("look"), cool});
  auto request = at_midnight();
  request.answer_after = 2h;

  const auto rehearsal = rehearse(plan, exactly_twenty, request);

  EXPECT_THAT(timeline(rehearsal),
              ElementsAre("20 min temperature -40 degC set",
                          "20 min person Continue the schedule?",
                          "2 h 40 min temperature -20 degC reached",
                          "2 h 40 min end the run is completed"));
  EXPECT_EQ(rehearsal.waited_for_people, 2h);
}

TEST(Rehearsal, TakesEverySignalForValid) {
  auto step = command("gain");
  step.valid_when = {{.signal = "freezer", .low = -42, .high = -38, .unit = "degC"}};
  Plan plan;
  plan.steps = {step};

  const auto rehearsal = rehearse(plan, exactly_twenty, at_midnight());

  EXPECT_EQ(rehearsal.status, RunStatus::Completed);
  EXPECT_EQ(rehearsal.end - rehearsal.start, 20min);
}

TEST(Rehearsal, RangesAreThoseOfManyFutures) {
  const auto plan = plan_of({command("a"), question("look"), command("b"), command("c")});

  const auto rehearsal = rehearse(plan, ten_to_thirty, at_midnight());

  const auto& person = *rehearsal.milestones.front().range;
  const auto& end = *rehearsal.milestones.back().range;
  EXPECT_LT(person.early, person.late);
  EXPECT_GT(end.late - end.early, person.late - person.early);
  EXPECT_GE(rehearsal.futures, 50);
}

TEST(Rehearsal, AFailedStepWaitsForAPersonAndThenSucceeds) {
  auto gain = command("gain");
  gain.attempts = 2;
  auto plan = plan_of({gain, command("b")});
  plan.safe_state = {command("hv off")};
  auto request = at_midnight();
  request.fail = {"gain"};

  const auto rehearsal = rehearse(plan, exactly_twenty, request);

  EXPECT_THAT(timeline(rehearsal), Contains(HasSubstr("20 min trouble errored: it fails")));
  EXPECT_THAT(timeline(rehearsal), Contains("20 min trouble attempt 2 starts"));
  EXPECT_THAT(timeline(rehearsal),
              Contains(HasSubstr("40 min person Step 'gain' did not succeed")));
  EXPECT_THAT(timeline(rehearsal), Contains("50 min trouble attempt 3 starts"));
  EXPECT_EQ(rehearsal.status, RunStatus::Completed);
}

TEST(Rehearsal, AKilledSchedulerAdoptsWhatStillRuns) {
  auto request = at_midnight();
  request.kill = {"a"};

  const auto rehearsal = rehearse(plan_of({command("a")}), exactly_twenty, request);

  EXPECT_THAT(timeline(rehearsal),
              ElementsAre("10 min trouble the scheduler is killed",
                          "10 min trouble the run is resumed",
                          "10 min trouble still runs: adopted",
                          "20 min end the run is completed"));
}

TEST(Rehearsal, APowerCutIsResolvedAsTheStepSays) {
  auto rerun = command("a");
  rerun.recovery = Recovery::Rerun;
  auto request = at_midnight();
  request.power_cut = {"a", "b"};

  const auto rehearsal = rehearse(plan_of({rerun, command("b")}), exactly_twenty, request);

  EXPECT_THAT(timeline(rehearsal), Contains("20 min trouble attempt 2 starts"));
  EXPECT_THAT(timeline(rehearsal), Contains(HasSubstr("1 h person Step 'b' was interrupted")));
  EXPECT_EQ(rehearsal.status, RunStatus::Completed);
}

TEST(Rehearsal, NamesTheStepsThatWouldNeverStart) {
  auto stop = command("a");
  stop.on_failure = OnFailure::Stop;
  auto request = at_midnight();
  request.fail = {"a"};

  const auto rehearsal =
      rehearse(plan_of({stop, command("b"), command("c")}), exactly_twenty, request);

  EXPECT_THAT(rehearsal.never_started, ElementsAre(1U, 2U));
  EXPECT_EQ(rehearsal.status, RunStatus::Stopped);
}

TEST(Rehearsal, SaysWhatStepsInTheBackgroundSave) {
  auto analyse = command("analyse");
  analyse.needs = {"cpu"};
  analyse.background = true;
  auto measure = command("measure");
  measure.needs = {"hv"};
  const auto plan = plan_of({command("first"), analyse, measure});

  const auto rehearsal = rehearse(plan, exactly_twenty, at_midnight());

  EXPECT_EQ(rehearsal.end - rehearsal.start, 40min);
  EXPECT_EQ(rehearsal.saved, 20min);
}

TEST(Rehearsal, SaysWhatIsGuessedAndEstimated) {
  auto known = command("b");
  known.estimate = 1h;
  const auto rehearsal = rehearse(plan_of({command("a"), known}), {}, at_midnight());

  EXPECT_THAT(rehearsal.guessed, ElementsAre(0U));
  EXPECT_THAT(rehearsal.estimated, ElementsAre(1U));
  EXPECT_EQ(rehearsal.end - rehearsal.start, 1h + kGuessedLength);
}

TEST(Rehearsal, TheSameDiceThrowTheSameTrouble) {
  std::vector<Step> steps;
  steps.reserve(200);
  for (int i = 0; i < 200; ++i) {
    steps.push_back(command("s" + std::to_string(i)));
  }
  const auto plan = plan_of(std::move(steps));
  const auto with = [&](std::uint64_t seed) {
    auto request = at_midnight();
    request.dice = seed;
    return timeline(rehearse(plan, ten_to_thirty, request));
  };

  EXPECT_EQ(with(4711), with(4711));
  EXPECT_NE(with(4711), with(4712));
  EXPECT_THAT(with(4711), Contains(HasSubstr("trouble")));
}

TEST(Rehearsal, ComesToItsEndWhateverTheDiceSay) {
  std::vector<Step> steps;
  for (int i = 0; i < 60; ++i) {
    auto step = i % 7 == 3 ? question("q" + std::to_string(i)) : command("s" + std::to_string(i));
    step.recovery = i % 2 == 0 ? Recovery::Ask : Recovery::Rerun;
    if (i % 5 == 0) {
      step.needs = {"cpu"};
      step.background = step.kind == StepKind::Command;
    }
    steps.push_back(step);
  }
  auto plan = plan_of(std::move(steps));
  plan.safe_state = {command("hv off")};
  plan.on_resume = {command("set up")};
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    auto request = at_midnight();
    request.dice = seed;

    EXPECT_EQ(rehearse(plan, ten_to_thirty, request).status, RunStatus::Completed)
        << "seed " << seed;
  }
}

TEST(TargetTemperature, IsAParameterATagOrTheOriginalsCurrentAndDelta) {
  auto step = command("a");
  EXPECT_FALSE(target_temperature(step));
  step.arguments = {{.name = "n_jobs", .value = "4"}, {.name = "target", .value = "-40 degC"}};
  EXPECT_EQ(target_temperature(step), -40);
  EXPECT_EQ(target_temperature(freezer("f", "-40", "20")), -20);
  EXPECT_EQ(time_of_button_pushing(freezer("f", "20", "-60")), 4min);
  step.arguments.clear();
  step.tags = {"cold", "-20 degC"};
  EXPECT_EQ(target_temperature(step), -20);
}

}  // namespace

}  // namespace fat
