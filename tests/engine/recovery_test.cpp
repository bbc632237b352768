// Interrupted attempts: rerun, verify, ask.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/bench_run.hpp"

namespace fat {

namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Plan plan_with(Recovery recovery) {
  auto step = command("a");
  step.recovery = recovery;
  Plan plan;
  plan.steps = {step, command("b")};
  return plan;
}

BenchRun interrupted(Recovery recovery, bool batch = false) {
  BenchRun run{plan_with(recovery), {.batch = batch}};
  run.clock.advance(1min);
  run.start_again({.mode = StartMode::Resume, .batch = batch});
  run.lost("a");
  return run;
}

TEST(Recovery, RerunStartsAgain) {
  EXPECT_THAT(interrupted(Recovery::Rerun).running(), ElementsAre("a"));
}

TEST(Recovery, AResumedRunTriesAStepAgainWhoseProcessVanishedTooOften) {
  auto plan = plan_with(Recovery::Rerun);
  plan.steps[0].on_failure = OnFailure::Stop;
  BenchRun run{plan};
  for (int i = 0; i < kMaxLosses; ++i) {
    run.lost("a");
  }
  EXPECT_EQ(run.status(), RunStatus::Stopped);

  run.resume();

  EXPECT_THAT(run.running(), ElementsAre("a"));
}

TEST(Recovery, AskWaitsForADecision) {
  auto run = interrupted(Recovery::Ask);

  EXPECT_THAT(run.running(), IsEmpty());
  EXPECT_EQ(run.status(), RunStatus::Waiting);
  EXPECT_EQ(run.state_of("a"), "asks for an answer");
}

TEST(Recovery, ADecisionNeedsAReason) {
  auto run = interrupted(Recovery::Ask);

  EXPECT_FALSE(run.answers("rerun").accepted);
}

TEST(Recovery, TheAnswerRerunStartsAgain) {
  auto run = interrupted(Recovery::Ask);

  run.answers("rerun", "the motor did not move");

  EXPECT_THAT(run.running(), ElementsAre("a"));
}

TEST(Recovery, TheAnswersDoneFailedAndSkipGoOn) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"done", "done"}, {"failed", "errored"}, {"skip", "skipped"}};
  for (const auto& [answer, state] : cases) {
    auto run = interrupted(Recovery::Ask);

    run.answers(answer, "seen");

    EXPECT_EQ(run.state_of("a"), state);
    EXPECT_THAT(run.running(), ElementsAre("b"));
  }
}

TEST(Recovery, MarkingTheStepAnswersTheQuestion) {
  auto run = interrupted(Recovery::Ask);

  run.says({.kind = VerbKind::Mark, .step = "a", .value = "done", .reason = "seen"});

  EXPECT_THAT(run.running(), ElementsAre("b"));
  EXPECT_THAT(run.summary().prompts, IsEmpty());
}

TEST(Recovery, InBatchAskStopsTheRun) {
  auto run = interrupted(Recovery::Ask, true);

  EXPECT_EQ(run.status(), RunStatus::Stopped);
  EXPECT_EQ(run.summary().exit_code, 4);
}

TEST(Recovery, TheQuestionIsAskedAgainAfterAStopAndResume) {
  auto run = interrupted(Recovery::Ask);
  run.says({.kind = VerbKind::Stop});

  run.resume();

  EXPECT_EQ(run.status(), RunStatus::Waiting);
  EXPECT_THAT(run.running(), IsEmpty());
}

TEST(Recovery, VerifyAsksTheHardwareFirst) {
  auto run = interrupted(Recovery::Verify);

  EXPECT_TRUE(run.summary().open.at(0).verify);
}

TEST(Recovery, AVerifiedEffectMakesTheStepDone) {
  auto run = interrupted(Recovery::Verify);

  run.exits_with("a", 0);

  EXPECT_EQ(run.state_of("a"), "done");
  EXPECT_THAT(run.running(), ElementsAre("b"));
}

TEST(Recovery, AnAbsentEffectRunsTheStepAgainAtOnceAndAsNoRetry) {
  auto plan = plan_with(Recovery::Verify);
  plan.steps[0].retry_on = {.error = false, .timeout = false};
  plan.steps[0].retry_delay = 10min;
  BenchRun run{plan};
  run.restart();
  run.lost("a");

  run.exits_with("a", 1);

  ASSERT_THAT(run.running(), ElementsAre("a"));
  EXPECT_FALSE(run.summary().open.at(0).verify);
}

TEST(Recovery, WhenTheHardwareCannotTellAPersonMust) {
  auto run = interrupted(Recovery::Verify);

  run.exits_with("a", 2);

  EXPECT_EQ(run.status(), RunStatus::Waiting);
}

TEST(Recovery, ACrashDuringTheVerificationVerifiesAgain) {
  auto run = interrupted(Recovery::Verify);

  run.restart();
  run.lost("a");

  EXPECT_TRUE(run.summary().open.at(0).verify);
}

TEST(Recovery, AVerificationThatAPersonBreaksOffIsNoPermissionToRepeat) {
  auto run = interrupted(Recovery::Verify);

  run.says({.kind = VerbKind::AbortStep, .then = AfterAbort::Retry});
  run.ended_by_abort("a");

  EXPECT_THAT(run.running(), IsEmpty());
  EXPECT_EQ(run.status(), RunStatus::Waiting);
}

TEST(Recovery, AnAttemptThatNeverStartedStartsFreely) {
  BenchRun run{plan_with(Recovery::Ask)};
  run.restart();

  run.never_started("a");

  EXPECT_THAT(run.running(), ElementsAre("a"));
}

TEST(Recovery, AHarvestedEndIsNotRepeated) {
  BenchRun run{plan_with(Recovery::Ask)};
  run.restart();

  run.ends("a", {.outcome = Outcome::Done, .cause = EndCause::Harvested});

  EXPECT_THAT(run.running(), ElementsAre("b"));
}

TEST(Recovery, AnAdoptedStepGoesOn) {
  BenchRun run{plan_with(Recovery::Ask)};
  run.restart();

  run.tell(AttemptAdopted{AttemptKey{.title = "a", .attempt = 1}});
  run.settle();

  EXPECT_TRUE(run.summary().open.at(0).adopted);
  EXPECT_THAT(run.started(), ElementsAre("a"));
}

TEST(Recovery, AnAbortedRunLeavesTheStepInterrupted) {
  BenchRun run{plan_with(Recovery::Ask)};
  run.says({.kind = VerbKind::Abort});
  run.ended_by_abort("a");

  run.resume();

  EXPECT_THAT(run.running(), IsEmpty());
  EXPECT_EQ(run.status(), RunStatus::Waiting);
}

TEST(Recovery, AProcessThatVanishesAgainAndAgainCountsAsFailed) {
  BenchRun run{plan_with(Recovery::Rerun)};

  for (int i = 0; i < kMaxLosses; ++i) {
    run.lost("a");
  }

  EXPECT_EQ(run.status(), RunStatus::Paused);
  EXPECT_THAT(run.story(), Contains("paused by a"));
}

}  // namespace

}  // namespace fat
