#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/bench_run.hpp"

namespace fat {

namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Plan chain(int length) {
  Plan plan;
  for (int i = 0; i < length; ++i) {
    plan.steps.push_back(command("s" + std::to_string(i)));
  }
  return plan;
}

TEST(RunState, RefusesAnAttemptThatStartsTwice) {
  BenchRun run{chain(1)};

  EXPECT_THROW(run.tell(AttemptStarted{.key = {.title = "s0", .attempt = 2}}), std::logic_error);
}

TEST(RunState, RefusesTwoHoldersOfTheBench) {
  BenchRun run{chain(2)};

  EXPECT_THROW(run.tell(AttemptStarted{.key = {.title = "s1"}}), std::logic_error);
}

TEST(RunState, RefusesAFinishedStepThatStartsAgain) {
  BenchRun run{chain(1)};
  run.done("s0");

  EXPECT_THROW(run.tell(AttemptStarted{.key = {.title = "s0", .attempt = 2}}), std::logic_error);
}

TEST(RunState, RefusesTheEndOfSomethingThatIsNotOpen) {
  BenchRun run{chain(1)};

  EXPECT_THROW(run.tell(AttemptEnded{.key = {.title = "s1"}}), std::logic_error);
}

TEST(RunState, KeepsEventsOfStepsThatThePlanHasNoMore) {
  RunState state{chain(1)};
  const Instant now{.boot_id = "b"};
  state.apply({.at = now, .body = RunOpened{}});
  state.apply({.at = now, .body = SchedulerStarted{}});

  for (const auto list : {StepList::Main, StepList::SafeState, StepList::OnResume}) {
    if (list == StepList::SafeState) {
      state.apply({.at = now, .body = SafeStateStarted{}});
    }
    const AttemptKey key{.list = list, .title = "gone", .attempt = 1};
    state.apply({.at = now, .body = AttemptStarted{.key = key, .index = 7}});
    state.apply({.at = now, .body = AttemptEnded{.key = key, .outcome = Outcome::Done}});
    if (list == StepList::SafeState) {
      state.apply({.at = now, .body = SafeStateEnded{}});
    }
  }
  state.apply({.at = now, .body = StepResolved{.title = "also gone"}});
  state.apply({.at = now, .body = StepReopened{.title = "also gone"}});

  EXPECT_EQ(state.cursor(), 0U);
}

TEST(RunState, ReadsAHistoryInWhichAStepThatIsGoneSetTheBenchUpTwice) {
  RunState state{chain(1)};
  Instant now{.boot_id = "1"};
  state.apply({.at = now, .body = RunOpened{}});
  for (int attempt = 1; attempt <= 2; ++attempt) {
    const AttemptKey key{.list = StepList::OnResume, .title = "gone", .attempt = attempt};
    now.boot_id += "1";
    state.apply({.at = now, .body = SchedulerStarted{}});
    state.apply({.at = now, .body = AttemptStarted{.key = key}});

    EXPECT_NO_THROW(
        state.apply({.at = now, .body = AttemptEnded{.key = key, .outcome = Outcome::Done}}));
  }
}

TEST(RunState, DoesNotTakeASafeActionOfOldForTheStepOfThatNameNow) {
  RunState state{chain(1)};
  const Instant now{.boot_id = "b"};
  state.apply({.at = now, .body = RunOpened{}});
  state.apply({.at = now, .body = SafeStateStarted{}});
  const AttemptKey key{.list = StepList::SafeState, .title = "s0", .attempt = 1};
  state.apply({.at = now, .body = AttemptStarted{.key = key}});

  state.apply({.at = now, .body = AttemptEnded{.key = key, .outcome = Outcome::Done}});

  EXPECT_FALSE(state.main_step(0).outcome);
}

TEST(RunState, TakesImportedStepsAsDone) {
  RunState state{chain(3)};

  state.apply({.body = RunOpened{.imported_done = {"s0", "s1"}}});

  EXPECT_EQ(state.cursor(), 2U);
}

TEST(RunState, ReopensTheDoneStepsThatANewPlanWantsRedone) {
  BenchRun run{chain(3)};
  run.done("s0");
  run.done("s1");
  run.says({.kind = VerbKind::Stop});
  run.done("s2");

  run.tell(SchedulerStarted{.mode = StartMode::Resume});
  run.tell(PlanAdopted{.version = 2, .redo = {"s1"}});
  run.settle();

  EXPECT_EQ(run.running(), std::vector<std::string>{"s1"});
}

TEST(RunState, ARunOfTwentyThousandStepsTakesNoLongerPerStepThanAShortOne) {
  BenchRun run{chain(20000)};

  for (int i = 0; i < 20000; ++i) {
    run.done("s" + std::to_string(i));
  }

  EXPECT_EQ(run.status(), RunStatus::Completed);
}

TEST(RunState, TimeGoesOnThroughAClockThatIsSetBackAcrossAReboot) {
  auto plan = chain(0);
  plan.steps = {wait("cool", "60 min")};
  BenchRun run{plan};
  run.pass(40min);

  run.tell(Noted{});
  run.reboot();
  run.clock.step_wall(-10h);
  run.restart();
  run.pass(1min);
  run.tell(Noted{});
  run.pass(18min);
  EXPECT_THAT(run.running(), ElementsAre("cool"));
  run.pass(1min);

  EXPECT_THAT(run.running(), IsEmpty());
}

// What a step says of a module counts beside what its measurements say: the worst wins, and a
// module that the attempt was not told of was not looked at.
TEST(RunState, TakesTheWorstOfWhatIsSaidOfAModule) {
  Plan plan = chain(1);
  plan.modules = {{.serial = "m1", .path = "1.json"}, {.serial = "m2", .path = "2.json"}};
  BenchRun run{plan};
  const AttemptKey key{.title = "s0", .attempt = 1};
  const auto verdict_of = [&](const std::string& serial) {
    const auto* step = run.state().step("s0");
    const auto found = step->modules.find(serial);
    return found == step->modules.end()
               ? std::string{"nothing"}
               : std::string{to_string(found->second.verdict)} + " " + found->second.reason;
  };

  run.tell(AttemptReported{.key = key, .verdicts = {{"m1", Verdict::Passed, "fine"}}});
  EXPECT_EQ(verdict_of("m1"), "passed fine");
  EXPECT_EQ(verdict_of("m2"), "nothing");
  run.tell(AttemptReported{.key = key, .verdicts = {{"m1", Verdict::Failed, "dark"}}});
  run.tell(AttemptReported{.key = key, .verdicts = {{"m1", Verdict::Inconclusive, "late"}}});

  EXPECT_EQ(verdict_of("m1"), "failed dark");
}

}  // namespace

}  // namespace fat
