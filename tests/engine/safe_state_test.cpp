// The safe state on every way out, and the setting up after it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/bench_run.hpp"

namespace fat {

namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Step action(const std::string& title) {
  auto step = command(title);
  step.recovery = Recovery::Rerun;
  step.timeout = 1min;
  return step;
}

Plan plan_of_bench() {
  Plan plan;
  plan.steps = {command("a"), command("b")};
  plan.safe_state = {action("laser off"), action("hv off")};
  plan.on_resume = {action("set up")};
  return plan;
}

TEST(SafeState, RunsBeforeTheRunIsStopped) {
  BenchRun run{plan_of_bench()};
  run.says({.kind = VerbKind::Stop});
  run.done("a");
  EXPECT_EQ(run.status(), RunStatus::Stopping);

  run.done("laser off");
  run.done("hv off");

  EXPECT_EQ(run.status(), RunStatus::Stopped);
}

TEST(SafeState, RunsBeforeTheRunIsAborted) {
  BenchRun run{plan_of_bench()};
  run.says({.kind = VerbKind::Abort});
  run.ended_by_abort("a");
  EXPECT_THAT(run.running(), ElementsAre("laser off"));

  run.done("laser off");
  run.done("hv off");

  EXPECT_EQ(run.status(), RunStatus::Aborted);
}

TEST(SafeState, RunsBeforeTheRunIsCompletedAndTheBenchIsNotSetUpAgain) {
  BenchRun run{plan_of_bench()};
  run.done("a");
  run.done("b");

  run.done("laser off");
  run.done("hv off");

  EXPECT_EQ(run.status(), RunStatus::Completed);
  EXPECT_THAT(run.started(), ElementsAre("a", "b", "laser off", "hv off"));
}

TEST(SafeState, RunsBeforeTheRunIsBroken) {
  BenchRun run{plan_of_bench()};
  for (int i = 0; i < kMaxRestarts; ++i) {
    run.restart();
  }
  run.settle();

  run.ended_by_abort("a");

  EXPECT_THAT(run.running(), ElementsAre("laser off"));
}

TEST(SafeState, RunsAllActionsEvenIfOneFails) {
  BenchRun run{plan_of_bench()};
  run.says({.kind = VerbKind::Stop});
  run.done("a");

  run.errored("laser off");

  EXPECT_THAT(run.running(), ElementsAre("hv off"));
}

TEST(SafeState, TriesAnActionAsOftenAsItSays) {
  auto plan = plan_of_bench();
  plan.safe_state[0].attempts = 2;
  BenchRun run{plan};
  run.says({.kind = VerbKind::Stop});
  run.done("a");

  run.errored("laser off");

  EXPECT_THAT(run.running(), ElementsAre("laser off"));
}

TEST(SafeState, PassesOverAnActionThatHangsBeyondItsTimeOut) {
  BenchRun run{plan_of_bench()};
  run.says({.kind = VerbKind::Stop});
  run.done("a");

  run.pass(1min + kUnkillableAfter);
  EXPECT_THAT(run.running(), ElementsAre("laser off", "hv off"));
  run.done("hv off");

  EXPECT_EQ(run.status(), RunStatus::Stopped);
}

TEST(SafeState, AnInterruptedListStartsAgainFromItsFirstAction) {
  BenchRun run{plan_of_bench()};
  run.says({.kind = VerbKind::Stop});
  run.done("a");
  run.done("laser off");

  run.restart();
  run.lost("hv off");

  EXPECT_THAT(run.running(), ElementsAre("laser off"));
}

TEST(SafeState, AnActionWhoseProcessVanishesComesAgainBeforeTheNextOne) {
  BenchRun run{plan_of_bench()};
  run.says({.kind = VerbKind::Stop});
  run.done("a");

  run.lost("laser off");

  EXPECT_THAT(run.running(), ElementsAre("laser off"));
}

TEST(SafeState, PassesOverAnActionWhoseProcessAlwaysVanishes) {
  BenchRun run{plan_of_bench()};
  run.says({.kind = VerbKind::Stop});
  run.done("a");

  for (int loss = 0; loss < kMaxLosses; ++loss) {
    run.lost("laser off");
  }

  EXPECT_THAT(run.running(), ElementsAre("hv off"));
}

TEST(SafeState, AnAdoptedActionIsNoInterruption) {
  BenchRun run{plan_of_bench()};
  run.says({.kind = VerbKind::Stop});
  run.done("a");
  run.restart();

  run.done("laser off");

  EXPECT_THAT(run.running(), ElementsAre("hv off"));
}

TEST(SafeState, ARebootInItsMiddleStartsItAgain) {
  BenchRun run{plan_of_bench()};
  run.says({.kind = VerbKind::Stop});
  run.done("a");
  run.done("laser off");

  run.reboot();
  run.resume();
  run.lost("hv off");
  run.done("laser off");
  run.done("hv off");

  EXPECT_EQ(run.status(), RunStatus::Stopped);
}

TEST(SafeState, AnAbortDoesNotInterruptIt) {
  BenchRun run{plan_of_bench()};
  run.says({.kind = VerbKind::Stop});
  run.done("a");

  run.says({.kind = VerbKind::Halt});
  EXPECT_FALSE(run.summary().open.at(0).asked_to_end);
  run.done("laser off");
  run.done("hv off");

  EXPECT_EQ(run.status(), RunStatus::Aborted);
}

TEST(SafeState, AWaitInItIsNotCutShort) {
  auto plan = plan_of_bench();
  plan.safe_state.insert(plan.safe_state.begin(), wait("settle", "10 s"));
  BenchRun run{plan};

  run.says({.kind = VerbKind::Stop});
  run.done("a");
  EXPECT_THAT(run.running(), ElementsAre("settle"));
  run.pass(10s);

  EXPECT_THAT(run.running(), ElementsAre("laser off"));
}

TEST(SafeState, ComesSomeMinutesIntoAFailurePauseNobodyAnswers) {
  BenchRun run{plan_of_bench()};
  run.errored("a");
  run.pass(14min);
  EXPECT_THAT(run.running(), IsEmpty());

  run.pass(1min);

  EXPECT_THAT(run.running(), ElementsAre("laser off"));
  EXPECT_EQ(run.status(), RunStatus::Paused);
}

TEST(SafeState, ComesOnceInAFailurePause) {
  BenchRun run{plan_of_bench()};
  run.errored("a");
  run.pass(15min);
  run.done("laser off");
  run.done("hv off");
  run.started();

  run.pass(10h);

  EXPECT_THAT(run.started(), IsEmpty());
}

TEST(SafeState, ComesToAnInterruptedStepNobodyDecidesAbout) {
  BenchRun run{plan_of_bench()};
  run.restart();
  run.lost("a");

  run.pass(15min);

  EXPECT_THAT(run.running(), ElementsAre("laser off"));
}

TEST(SafeState, DoesNotComeToAPauseThatAPersonAskedFor) {
  BenchRun run{plan_of_bench()};
  run.says({.kind = VerbKind::Pause});
  run.done("a");

  run.pass(10h);

  EXPECT_THAT(run.running(), IsEmpty());
}

TEST(SafeState, TheBenchIsSetUpAgainBeforeTheNextStep) {
  BenchRun run{plan_of_bench()};
  run.errored("a");
  run.pass(15min);
  run.done("laser off");
  run.done("hv off");

  run.answers("retry");
  EXPECT_THAT(run.running(), ElementsAre("set up"));
  run.done("set up");

  EXPECT_THAT(run.running(), ElementsAre("a"));
}

TEST(SafeState, AStepDoesNotStartWhileTheSettingUpFails) {
  BenchRun run{plan_of_bench()};
  run.says({.kind = VerbKind::Stop});
  run.done("a");
  run.done("laser off");
  run.done("hv off");
  run.resume();

  run.errored("set up");
  EXPECT_EQ(run.status(), RunStatus::Paused);
  EXPECT_THAT(run.summary().prompts.at(0).choices, ElementsAre("retry", "stop"));
  run.says({.kind = VerbKind::Continue});

  EXPECT_THAT(run.running(), ElementsAre("set up"));
}

TEST(SafeState, AFailureOfTheSettingUpIsForgottenByResumeAsThatOfAStepIs) {
  auto plan = plan_of_bench();
  plan.safe_state.clear();
  BenchRun run{plan};
  run.reboot();
  run.resume();
  run.ends("a", {.outcome = Outcome::Errored, .cause = EndCause::Harvested});
  run.answers("retry");
  run.errored("set up");
  run.answers("stop");

  run.resume();

  EXPECT_THAT(run.running(), ElementsAre("set up"));
}

TEST(SafeState, ARebootSetsTheBenchUpAgainToo) {
  BenchRun run{plan_of_bench()};

  run.reboot();
  run.restart();
  run.ends("a", {.outcome = Outcome::Done, .cause = EndCause::Harvested});

  EXPECT_THAT(run.running(), ElementsAre("set up"));
}

TEST(SafeState, ACrashWithoutRebootDoesNot) {
  BenchRun run{plan_of_bench()};

  run.restart();
  run.done("a");

  EXPECT_THAT(run.running(), ElementsAre("b"));
}

// --- a process that survives KILL --------------------------------------------------------------

BenchRun unkillable() {
  BenchRun run{plan_of_bench()};
  run.says({.kind = VerbKind::Abort});
  run.pass(kUnkillableAfter);
  return run;
}

TEST(SafeState, RunsBesideAProcessThatSurvivesKill) {
  EXPECT_THAT(unkillable().running(), ElementsAre("a", "laser off"));
}

TEST(SafeState, AProcessThatSurvivesKillDoesNotHoldUpTheEnd) {
  auto run = unkillable();
  run.done("laser off");

  run.done("hv off");

  EXPECT_EQ(run.status(), RunStatus::Aborted);
  EXPECT_THAT(run.running(), ElementsAre("a"));
}

TEST(SafeState, NoStepStartsUntilTheProcessThatSurvivesKillIsGone) {
  auto run = unkillable();
  run.done("laser off");
  run.done("hv off");
  run.resume();
  run.settle();
  EXPECT_EQ(run.status(), RunStatus::Suspended);
  EXPECT_THAT(run.running(), ElementsAre("a"));

  run.ended_by_abort("a");
  EXPECT_EQ(run.status(), RunStatus::Waiting);
  run.answers("rerun", "checked by hand");

  EXPECT_THAT(run.running(), ElementsAre("set up"));
}

}  // namespace

}  // namespace fat
