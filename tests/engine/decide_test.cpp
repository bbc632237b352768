#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/bench_run.hpp"

namespace fat {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Step with_attempts(const std::string& title, int attempts, Microseconds delay = 0s) {
  auto step = command(title);
  step.attempts = attempts;
  step.retry_delay = delay;
  return step;
}

TEST(Decide, RunsOneStepAfterTheOtherAndCompletes) {
  BenchRun run{plan_of({command("a"), command("b")})};

  run.done("a");
  run.done("b");

  EXPECT_THAT(
      run.story(),
      ElementsAre(
          "start a/1", "end a/1: exited, done", "start b/1", "end b/1: exited, done", "completed"));
  EXPECT_EQ(run.summary().exit_code, 0);
}

TEST(Decide, CompletesAnEmptyScheduleAtOnce) {
  EXPECT_EQ(BenchRun{Plan{}}.status(), RunStatus::Completed);
}

TEST(Decide, TakesAStepThatSkipsItselfAsFinal) {
  BenchRun run{plan_of({command("a"), command("b")})};

  run.skipped("a");

  EXPECT_THAT(run.running(), ElementsAre("b"));
}

// --- retries -----------------------------------------------------------------------------------

TEST(Decide, TriesAgainAfterTheDelay) {
  BenchRun run{plan_of({with_attempts("a", 2, 5min)})};
  run.errored("a");
  EXPECT_THAT(run.running(), IsEmpty());
  EXPECT_EQ(run.state_of("a"), "retry in 5 min");

  run.pass(5min);

  EXPECT_THAT(run.started(), ElementsAre("a", "a"));
}

TEST(Decide, PausesWhenAllAttemptsAreUsedUp) {
  BenchRun run{plan_of({with_attempts("a", 2)})};

  run.errored("a");
  run.errored("a");

  EXPECT_EQ(run.status(), RunStatus::Paused);
}

TEST(Decide, DoesNotRetryATimeOutWhenOnlyErrorsAreWorthIt) {
  auto step = with_attempts("a", 2);
  step.retry_on = {.error = true, .timeout = false};
  BenchRun run{plan_of({step})};

  run.timed_out("a");

  EXPECT_EQ(run.status(), RunStatus::Paused);
}

TEST(Decide, BelievesTryAgainLaterWithoutCountingItAsAnAttempt) {
  BenchRun run{plan_of({command("a")})};

  run.says_try_later("a");
  run.pass(kTryLaterDelay);

  EXPECT_THAT(run.running(), ElementsAre("a"));
}

TEST(Decide, StopsBelievingTryAgainLaterAfterTenTimes) {
  BenchRun run{plan_of({command("a")})};

  for (int i = 0; i < kTryLaterLimit; ++i) {
    run.says_try_later("a");
    run.pass(kTryLaterDelay);
  }

  EXPECT_EQ(run.status(), RunStatus::Paused);
}

TEST(Decide, ACrashInARetryDelayWaitsForTheRestOfIt) {
  BenchRun run{plan_of({with_attempts("a", 2, 10min)})};
  run.errored("a");
  run.pass(4min);

  run.restart();
  run.pass(5min);
  EXPECT_THAT(run.running(), IsEmpty());
  run.pass(1min);

  EXPECT_THAT(run.running(), ElementsAre("a"));
}

TEST(Decide, APauseInARetryDelayHoldsTheRetry) {
  BenchRun run{plan_of({with_attempts("a", 2, 10min)})};
  run.errored("a");

  run.says({.kind = VerbKind::Pause});
  EXPECT_EQ(run.status(), RunStatus::Paused);
  run.pass(20min);
  EXPECT_THAT(run.running(), IsEmpty());
  run.says({.kind = VerbKind::Continue});

  EXPECT_THAT(run.running(), ElementsAre("a"));
}

TEST(Decide, AStopInARetryDelayEndsTheRunAtOnceAndResumeTriesAgain) {
  BenchRun run{plan_of({with_attempts("a", 2, 10min)})};
  run.errored("a");

  run.says({.kind = VerbKind::Stop});
  EXPECT_EQ(run.status(), RunStatus::Stopped);
  EXPECT_EQ(run.summary().exit_code, 5);
  run.resume();

  EXPECT_THAT(run.running(), ElementsAre("a"));
}

TEST(Decide, SkippingTheStepInItsRetryDelayGoesOnWithTheNext) {
  BenchRun run{plan_of({with_attempts("a", 2, 10min), command("b")})};
  run.errored("a");

  run.says({.kind = VerbKind::Skip, .step = "a", .reason = "not today"});

  EXPECT_THAT(run.running(), ElementsAre("b"));
}

// --- failures ----------------------------------------------------------------------------------

TEST(Decide, AFailureWithContinueGoesOn) {
  auto step = command("a");
  step.on_failure = OnFailure::Continue;
  BenchRun run{plan_of({step, command("b")})};

  run.errored("a");

  EXPECT_THAT(run.running(), ElementsAre("b"));
  EXPECT_EQ(run.state_of("a"), "errored");
}

TEST(Decide, AFailureWithStopEndsTheRunWithExitCode4) {
  auto step = command("a");
  step.on_failure = OnFailure::Stop;
  BenchRun run{plan_of({step, command("b")})};

  run.errored("a");

  EXPECT_EQ(run.status(), RunStatus::Stopped);
  EXPECT_EQ(run.summary().exit_code, 4);
}

TEST(Decide, AFailurePauseAsksAndRetryStartsAgainWithAllAttempts) {
  BenchRun run{plan_of({with_attempts("a", 1)})};
  run.errored("a");

  run.answers("retry");

  EXPECT_EQ(run.status(), RunStatus::Running);
  EXPECT_THAT(run.started(), ElementsAre("a", "a"));
}

TEST(Decide, AFailurePauseAnsweredContinueGoesOnWithoutTheStep) {
  BenchRun run{plan_of({command("a"), command("b")})};
  run.errored("a");

  run.answers("continue");

  EXPECT_THAT(run.running(), ElementsAre("b"));
}

TEST(Decide, AFailurePauseAnsweredStopStops) {
  BenchRun run{plan_of({command("a")})};
  run.errored("a");

  run.answers("stop");

  EXPECT_EQ(run.status(), RunStatus::Stopped);
}

TEST(Decide, AFailurePauseSurvivesACrash) {
  BenchRun run{plan_of({command("a")})};
  run.errored("a");

  run.resume();

  EXPECT_EQ(run.status(), RunStatus::Paused);
  EXPECT_EQ(run.summary().prompts.size(), 1U);
}

// --- batch -------------------------------------------------------------------------------------

TEST(Decide, InBatchAFailurePauseBecomesAStop) {
  BenchRun run{plan_of({command("a")}), {.batch = true}};

  run.errored("a");

  EXPECT_EQ(run.status(), RunStatus::Stopped);
  EXPECT_EQ(run.summary().exit_code, 4);
}

TEST(Decide, InBatchAManualInputStopsTheRunBeforeItAsks) {
  BenchRun run{plan_of({question("ask")}), {.batch = true}};

  EXPECT_EQ(run.status(), RunStatus::Stopped);
  EXPECT_THAT(run.started(), IsEmpty());
}

TEST(Decide, InBatchAQuestionOfAStepEndsTheStepAndStopsTheRun) {
  BenchRun run{plan_of({command("a")}), {.batch = true}};
  const Prompt prompt{.id = 1, .purpose = PromptPurpose::StepQuestion, .step = "a"};

  run.tell(PromptOpened{prompt, AttemptKey{.title = "a", .attempt = 1}});
  run.settle();
  run.ended_by_abort("a");

  EXPECT_EQ(run.status(), RunStatus::Stopped);
}

TEST(Decide, ResumingAFailurePauseInBatchStops) {
  BenchRun run{plan_of({command("a")})};
  run.errored("a");

  run.start_again({.mode = StartMode::Resume, .batch = true});

  EXPECT_EQ(run.status(), RunStatus::Stopped);
}

// --- from, until, redo -------------------------------------------------------------------------

TEST(Decide, FromJumpsOverTheStepsBeforeIt) {
  const BenchRun run{plan_of({command("a"), command("b"), command("c")}), {.from = "b"}};

  EXPECT_THAT(run.running(), ElementsAre("b"));
}

TEST(Decide, FromIsRememberedWhenTheRunIsResumed) {
  BenchRun run{plan_of({command("a"), command("b"), command("c")}), {.from = "b"}};
  run.says({.kind = VerbKind::Stop});
  run.done("b");

  run.resume();

  EXPECT_THAT(run.running(), ElementsAre("c"));
}

TEST(Decide, AStepBeforeFromCanBeRedoneWithoutItsNeighbours) {
  BenchRun run{plan_of({command("a"), command("b"), command("c")}), {.from = "c"}};

  run.says({.kind = VerbKind::Redo, .step = "a"});
  run.done("c");
  run.done("a");

  EXPECT_THAT(run.started(), ElementsAre("c", "a"));
  EXPECT_EQ(run.status(), RunStatus::Completed);
}

TEST(Decide, UntilStopsAfterThatStepWithExitCode0) {
  BenchRun run{plan_of({command("a"), command("b")}), {.until = "a"}};

  run.done("a");

  EXPECT_EQ(run.status(), RunStatus::Stopped);
  EXPECT_EQ(run.summary().exit_code, 0);
}

TEST(Decide, UntilIsForgottenWhenTheRunIsResumedWithoutIt) {
  BenchRun run{plan_of({command("a"), command("b")}), {.until = "a"}};
  run.done("a");

  run.resume();

  EXPECT_THAT(run.running(), ElementsAre("b"));
}

TEST(Decide, ARedoOfAFinishedStepComesBeforeTheNextOne) {
  BenchRun run{plan_of({command("a"), command("b"), command("c")})};
  run.done("a");

  run.says({.kind = VerbKind::Redo, .step = "a"});
  run.done("b");
  EXPECT_THAT(run.running(), ElementsAre("a"));
  run.done("a");

  EXPECT_THAT(run.running(), ElementsAre("c"));
}

// --- waiting -----------------------------------------------------------------------------------

TEST(Decide, AWaitEndsWhenItsTimeHasCome) {
  BenchRun run{plan_of({wait("w", "90 min"), command("b")})};

  run.pass(89min);
  EXPECT_THAT(run.running(), ElementsAre("w"));
  run.pass(1min);

  EXPECT_THAT(run.running(), ElementsAre("b"));
}

TEST(Decide, AWaitUntilADateFollowsTheWallClock) {
  auto step = wait("w", "");
  step.arguments = {{.name = "until", .value = "2026-11-21 06:00"}};
  BenchRun run{plan_of({step, command("b")})};
  const auto left = *run.summary().open[0].remaining;

  run.clock.step_wall(left - 1min);
  run.pass(1min);

  EXPECT_THAT(run.running(), ElementsAre("b"));
}

TEST(Decide, AWaitIsNotLengthenedByACrash) {
  BenchRun run{plan_of({wait("w", "90 min"), command("b")})};
  run.pass(30min);
  run.tell(Noted{});

  run.clock.advance(40min);
  run.restart();
  run.pass(20min);

  EXPECT_THAT(run.running(), ElementsAre("b"));
}

TEST(Decide, AStoppedWaitGoesOnWithTheRestAfterResume) {
  BenchRun run{plan_of({wait("w", "90 min"), command("b")})};
  run.pass(30min);

  run.says({.kind = VerbKind::Stop});
  EXPECT_EQ(run.status(), RunStatus::Stopped);
  run.clock.advance(10min);
  run.resume();
  EXPECT_EQ(run.summary().open[0].remaining, 50min);
  run.pass(50min);

  EXPECT_THAT(run.running(), ElementsAre("b"));
}

TEST(Decide, AnAbortedWaitThatIsToBeRetriedWaitsTheWholeTime) {
  BenchRun run{plan_of({wait("w", "90 min")})};
  run.pass(30min);

  run.says({.kind = VerbKind::AbortStep, .then = AfterAbort::Retry});

  EXPECT_EQ(run.summary().open[0].remaining, 90min);
}

// --- questions ---------------------------------------------------------------------------------

TEST(Decide, AManualInputAnsweredYesGoesOn) {
  BenchRun run{plan_of({question("ask"), command("b")})};
  EXPECT_EQ(run.status(), RunStatus::Waiting);

  run.answers("y");

  EXPECT_THAT(run.running(), ElementsAre("b"));
  EXPECT_EQ(run.summary().manual_inputs.size(), 1U);
}

TEST(Decide, AManualInputAnsweredNoStopsAndAsksAgainAfterResume) {
  BenchRun run{plan_of({question("ask"), command("b")})};

  run.answers("no", "the lid is open");
  EXPECT_EQ(run.status(), RunStatus::Stopped);
  EXPECT_EQ(run.summary().terminated, "the lid is open");
  EXPECT_EQ(run.summary().exit_code, 5);
  run.resume();

  EXPECT_EQ(run.status(), RunStatus::Waiting);
}

TEST(Decide, AnOpenQuestionSurvivesAReboot) {
  BenchRun run{plan_of({question("ask"), command("b")})};

  run.reboot();
  run.resume();
  EXPECT_EQ(run.status(), RunStatus::Waiting);
  run.answers("yes");

  EXPECT_THAT(run.running(), ElementsAre("b"));
}

TEST(Decide, APromptTakesItsDefaultAtItsDeadline) {
  BenchRun run{plan_of({command("a")})};
  Prompt prompt{.id = 1, .purpose = PromptPurpose::StepQuestion, .step = "a"};
  prompt.default_value = "yes";
  prompt.deadline = 5min;
  run.tell(PromptOpened{prompt, AttemptKey{.title = "a", .attempt = 1}});
  run.pass(4min);
  EXPECT_EQ(run.summary().prompts.size(), 1U);

  run.pass(1min);

  EXPECT_THAT(run.summary().prompts, IsEmpty());
  EXPECT_EQ(run.summary().open[0].answers, (std::vector<std::pair<int, std::string>>{{1, "yes"}}));
}

TEST(Decide, QuestionsOfAStepEndWithIt) {
  BenchRun run{plan_of({command("a"), command("b")})};
  const Prompt prompt{.id = 1, .purpose = PromptPurpose::StepQuestion, .step = "a"};
  run.tell(PromptOpened{prompt, AttemptKey{.title = "a", .attempt = 1}});

  run.done("a");

  EXPECT_EQ(run.status(), RunStatus::Running);
}

// --- abort-step --------------------------------------------------------------------------------

TEST(Decide, AnAbortedStepPausesTheRunWhateverItsFailureMeans) {
  auto step = command("a");
  step.on_failure = OnFailure::Continue;
  BenchRun run{plan_of({step, command("b")})};

  run.says({.kind = VerbKind::AbortStep});
  run.ended_by_abort("a");

  EXPECT_EQ(run.status(), RunStatus::Paused);
}

TEST(Decide, AnAbortedStepIsTriedAgainWhenAskedFor) {
  BenchRun run{plan_of({command("a")})};

  run.says({.kind = VerbKind::AbortStep, .then = AfterAbort::Retry});
  run.ended_by_abort("a");

  EXPECT_THAT(run.running(), ElementsAre("a"));
}

TEST(Decide, AnAbortedStepIsLeftWhenAskedFor) {
  BenchRun run{plan_of({command("a"), command("b")})};

  run.says({.kind = VerbKind::AbortStep, .then = AfterAbort::Continue});
  run.ended_by_abort("a");

  EXPECT_THAT(run.running(), ElementsAre("b"));
  EXPECT_EQ(run.state_of("a"), "aborted");
}

TEST(Decide, WhatFollowsAnAbortedStepIsRememberedThroughACrash) {
  BenchRun run{plan_of({command("a"), command("b")})};
  run.says({.kind = VerbKind::AbortStep, .then = AfterAbort::Continue});

  run.restart();
  run.ended_by_abort("a");

  EXPECT_THAT(run.running(), ElementsAre("b"));
}

// --- stopping ----------------------------------------------------------------------------------

TEST(Decide, AStopLetsTheRunningStepEnd) {
  BenchRun run{plan_of({command("a"), command("b")})};

  run.says({.kind = VerbKind::Stop});
  EXPECT_EQ(run.status(), RunStatus::Stopping);
  run.done("a");

  EXPECT_EQ(run.status(), RunStatus::Stopped);
  EXPECT_EQ(run.state_of("a"), "done");
}

TEST(Decide, AStopSurvivesACrash) {
  BenchRun run{plan_of({command("a"), command("b")})};
  run.says({.kind = VerbKind::Stop});

  run.resume();
  EXPECT_EQ(run.status(), RunStatus::Stopping);
  run.done("a");

  EXPECT_EQ(run.status(), RunStatus::Stopped);
}

TEST(Decide, ACancelledStopGoesOn) {
  BenchRun run{plan_of({command("a"), command("b")})};
  run.says({.kind = VerbKind::Stop});

  run.says({.kind = VerbKind::Stop, .cancel = true});
  run.done("a");

  EXPECT_THAT(run.running(), ElementsAre("b"));
}

TEST(Decide, APendingPauseSurvivesACrashAndCanBeCancelled) {
  BenchRun run{plan_of({command("a"), command("b")})};
  run.says({.kind = VerbKind::Pause});

  run.restart();
  EXPECT_EQ(run.status(), RunStatus::Pausing);
  run.says({.kind = VerbKind::Continue});
  run.done("a");

  EXPECT_THAT(run.running(), ElementsAre("b"));
}

// --- backups -----------------------------------------------------------------------------------

Plan with_backups() {
  auto a = command("a");
  auto b = command("b");
  a.run_backup = b.run_backup = true;
  auto plan = plan_of({a, b, command("c")});
  plan.backup = command("backup");
  return plan;
}

TEST(Decide, BackupsRunBesideTheStepsAndAreCoalesced) {
  BenchRun run{with_backups()};

  run.done("a");
  EXPECT_THAT(run.running(), ElementsAre("backup", "b"));
  run.done("b");
  EXPECT_THAT(run.running(), ElementsAre("backup", "c"));
  run.done("backup");

  EXPECT_THAT(run.running(), ElementsAre("c", "backup"));
}

TEST(Decide, AFailedBackupEndsNothing) {
  BenchRun run{with_backups()};
  run.done("a");

  run.errored("backup");

  EXPECT_EQ(run.status(), RunStatus::Running);
  EXPECT_THAT(run.running(), ElementsAre("b"));
}

TEST(Decide, TheEndWaitsForABackupButNotForOneThatHangs) {
  auto plan = with_backups();
  plan.backup->timeout = 5min;
  BenchRun run{plan};
  run.done("a");
  run.done("b");
  run.done("c");
  EXPECT_EQ(run.status(), RunStatus::Running);

  run.pass(5min + kUnkillableAfter);

  EXPECT_EQ(run.status(), RunStatus::Completed);
}

TEST(Decide, ABackupThatACrashInterruptedIsMadeAgain) {
  BenchRun run{with_backups()};
  run.done("a");

  run.restart();
  run.lost("backup");

  EXPECT_THAT(run.running(), ElementsAre("b", "backup"));
}

// --- the engine's own deaths -------------------------------------------------------------------

TEST(Decide, ThreeDeathsInOneStepBreakTheRun) {
  BenchRun run{plan_of({command("a")})};

  run.restart();
  run.restart();
  run.restart();
  run.settle();
  run.ended_by_abort("a");

  EXPECT_EQ(run.status(), RunStatus::Broken);
  EXPECT_THAT(run.summary().why, HasSubstr("died 3 times in step 'a'"));
}

TEST(Decide, ProcessesThatVanishWithEveryDeathDoNotHideThatTheRunIsBroken) {
  auto step = command("a");
  step.recovery = Recovery::Rerun;
  BenchRun run{plan_of({step})};

  for (int i = 0; i < 3; ++i) {
    run.restart();
    run.lost("a");
  }

  EXPECT_EQ(run.status(), RunStatus::Broken);
}

TEST(Decide, DeathsWithStepsThatEndInBetweenDoNotCount) {
  BenchRun run{plan_of({command("a"), command("b"), command("c"), command("d")})};

  for (const auto* title : {"a", "b", "c"}) {
    run.restart();
    run.done(title);
  }

  EXPECT_THAT(run.running(), ElementsAre("d"));
}

TEST(Decide, AsksWithTheDeadlineTheRemindersAndThePersonsOfTheStep) {
  auto step = question("look");
  step.arguments = {{.name = "message", .value = "Is the door shut?"},
                    {.name = "default", .value = "yes"},
                    {.name = "deadline", .value = "2 h"},
                    {.name = "remind_every", .value = "10 min"},
                    {.name = "escalate_to", .value = " ben,carla , ,dora"}};
  const BenchRun run{plan_of({step})};

  ASSERT_EQ(run.state().prompts.size(), 1U);
  const auto& prompt = run.state().prompts.begin()->second.asked.prompt;
  EXPECT_EQ(prompt.text, "Is the door shut?");
  EXPECT_EQ(prompt.default_value, "yes");
  EXPECT_EQ(prompt.deadline, Microseconds{2h});
  EXPECT_EQ(prompt.remind_every, Microseconds{10min});
  EXPECT_THAT(prompt.escalate_to, ElementsAre("ben", "carla", "dora"));
}

// Plans are checked for it; a journal of another version may hold one all the same.
TEST(Decide, LetsOnlyStepsOfTheScheduleAskAPerson) {
  Plan plan = plan_of({command("a")});
  plan.on_resume = {question("ask")};
  BenchRun run{plan};
  run.reboot();
  run.resume();
  run.never_started("a");

  EXPECT_THAT(run.story(),
              ::testing::Contains(HasSubstr("only steps of the schedule can ask a person")));
}

}  // namespace

}  // namespace fat
