// Steps that run beside each other: what starts, what waits, and what a person is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/bench_run.hpp"

namespace fat {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Step with(const std::string& title, Claims needs) {
  auto step = command(title);
  step.needs = std::move(needs);
  return step;
}

Step beside(const std::string& title, Claims needs) {
  auto step = with(title, std::move(needs));
  step.background = true;
  return step;
}

Step follows(Step step, std::vector<std::string> titles) {
  step.after = std::move(titles);
  return step;
}

TEST(Lanes, AStepInTheBackgroundRunsBesideThoseThatFollow) {
  BenchRun run{plan_of({beside("analyse", {"cpu"}), with("gain", {"hv"}), with("dark", {"hv"})})};

  EXPECT_THAT(run.running(), ElementsAre("analyse", "gain"));

  run.done("gain");
  EXPECT_THAT(run.running(), ElementsAre("analyse", "dark"));
}

TEST(Lanes, ItDoesNotBeginBeforeItsPlaceInTheFile) {
  const BenchRun run{plan_of({with("gain", {"hv"}), beside("analyse", {"cpu"})})};

  EXPECT_THAT(run.running(), ElementsAre("gain"));
}

TEST(Lanes, StepsThatAreNotInTheBackgroundRunOneAtATime) {
  const BenchRun run{plan_of({with("gain", {"hv"}), with("look", {"cpu"})})};

  EXPECT_THAT(run.running(), ElementsAre("gain"));
}

TEST(Lanes, WhoNamesNoResourceWaitsForTheWholeBench) {
  BenchRun run{plan_of({beside("analyse", {"cpu"}), command("gain")})};

  EXPECT_THAT(run.running(), ElementsAre("analyse"));
  EXPECT_EQ(run.state_of("gain"), "waits for the whole bench, held by 'analyse'");

  run.done("analyse");
  EXPECT_THAT(run.running(), ElementsAre("gain"));
}

TEST(Lanes, AResourceIsHeldByOneUnlessAllShareIt) {
  const BenchRun run{plan_of({beside("a", {"net:shared"}),
                              beside("b", {"net:shared"}),
                              beside("c", {"net"}),
                              beside("d", {"net:shared"})})};

  EXPECT_THAT(run.running(), ElementsAre("a", "b"));
  EXPECT_EQ(run.state_of("c"), "waits for net, held by 'a'");
  EXPECT_EQ(run.state_of("d"), "waits for net, which 'c' needs first");
}

TEST(Lanes, AStepWaitsForTheEndOfThoseItFollows) {
  BenchRun run{plan_of({beside("analyse", {"cpu"}), follows(with("use", {"hv"}), {"analyse"})})};

  EXPECT_THAT(run.running(), ElementsAre("analyse"));
  EXPECT_EQ(run.state_of("use"), "waits for step 'analyse' to end");

  run.done("analyse");
  EXPECT_THAT(run.running(), ElementsAre("use"));
}

TEST(Lanes, AStepThatIsTriedAgainKeepsWhatItNeedsFromTheStepsThatFollow) {
  auto scan = beside("scan", {"hv"});
  scan.attempts = 2;
  scan.retry_delay = 10min;
  BenchRun run{plan_of({scan, with("look", {"cpu"}), with("gain", {"hv"})})};

  run.errored("scan");
  run.done("look");
  EXPECT_THAT(run.running(), IsEmpty());
  EXPECT_EQ(run.state_of("gain"), "waits for hv, which 'scan' needs first");

  run.pass(10min);
  EXPECT_THAT(run.running(), ElementsAre("scan"));
}

TEST(Lanes, TheRunEndsWhenTheLastStepInTheBackgroundHasEnded) {
  BenchRun run{plan_of({beside("analyse", {"cpu"}), with("gain", {"hv"})})};

  run.done("gain");
  EXPECT_EQ(run.status(), RunStatus::Running);

  run.done("analyse");
  EXPECT_EQ(run.status(), RunStatus::Completed);
}

TEST(Lanes, AFailureInTheBackgroundAsksAtOnceAndLetsTheOthersEnd) {
  BenchRun run{plan_of({beside("analyse", {"cpu"}), with("gain", {"hv"}), with("dark", {"hv"})})};

  run.errored("analyse");

  EXPECT_EQ(run.status(), RunStatus::Paused);
  EXPECT_THAT(run.running(), ElementsAre("gain"));
  EXPECT_THAT(run.summary().why, HasSubstr("'gain' still running, to the end"));
  run.done("gain");
  EXPECT_THAT(run.running(), IsEmpty());
  run.answers("continue");
  EXPECT_THAT(run.running(), ElementsAre("dark"));
}

TEST(Lanes, AnAnswerWhileTheOthersRunLosesNoTime) {
  BenchRun run{plan_of({beside("analyse", {"cpu"}), with("gain", {"hv"})})};
  run.errored("analyse");

  run.answers("retry");

  EXPECT_EQ(run.status(), RunStatus::Running);
  EXPECT_THAT(run.running(), ElementsAre("gain", "analyse"));
}

TEST(Lanes, TheSafeStateWaitsForAllThatRun) {
  auto plan = plan_of({beside("analyse", {"cpu"}), with("gain", {"hv"})});
  plan.safe_state = {command("off")};
  BenchRun run{plan};
  run.errored("analyse");

  run.pass(1h);
  EXPECT_THAT(run.running(), ElementsAre("gain"));

  run.done("gain");
  EXPECT_THAT(run.running(), ElementsAre("off"));
}

TEST(Lanes, APauseComesWhenAllThatRunHaveEnded) {
  BenchRun run{plan_of({beside("analyse", {"cpu"}), with("gain", {"hv"}), with("dark", {"hv"})})};

  const auto reply = run.says({.kind = VerbKind::Pause});

  EXPECT_THAT(reply.text, HasSubstr("when steps 'analyse' and 'gain' have ended"));
  run.done("gain");
  EXPECT_EQ(run.status(), RunStatus::Pausing);
  run.done("analyse");
  EXPECT_EQ(run.status(), RunStatus::Paused);
}

TEST(Lanes, AbortStepNamesOneOfSeveral) {
  BenchRun run{plan_of({beside("analyse", {"cpu"}), with("gain", {"hv"})})};

  EXPECT_THAT(run.says({.kind = VerbKind::AbortStep}).text,
              HasSubstr("more than one step is running: name one of 'analyse' and 'gain'"));
  EXPECT_TRUE(run.says({.kind = VerbKind::AbortStep, .step = "[0]"}).accepted);
  run.ended_by_abort("analyse");
  EXPECT_EQ(run.status(), RunStatus::Paused);
  EXPECT_THAT(run.running(), ElementsAre("gain"));
}

TEST(Lanes, AStopWaitsForAllAndAnAbortEndsAll) {
  BenchRun run{plan_of({beside("analyse", {"cpu"}), with("gain", {"hv"})})};

  run.says({.kind = VerbKind::Stop});
  EXPECT_THAT(run.summary().why, HasSubstr("steps 'analyse' and 'gain' have to end first"));
  run.says({.kind = VerbKind::Abort});
  for (const auto& attempt : run.summary().open) {
    EXPECT_TRUE(attempt.asked_to_end);
  }
}

TEST(Lanes, AnInterruptedStepBlocksOnlyWhatCollidesWithIt) {
  BenchRun run{plan_of({beside("move", {"freezer"}),
                        with("look", {"cpu"}),
                        with("dark", {"hv"}),
                        with("cold", {"freezer"})})};

  run.lost("move");

  EXPECT_EQ(run.status(), RunStatus::Waiting);
  run.done("look");
  EXPECT_THAT(run.running(), ElementsAre("dark"));
  EXPECT_THAT(run.summary().why, HasSubstr("meanwhile it runs step 'dark'"));
  run.done("dark");
  EXPECT_THAT(run.running(), IsEmpty());
  run.answers("done", "it stands there");
  EXPECT_THAT(run.running(), ElementsAre("cold"));
}

TEST(Lanes, EveryInterruptedStepIsAskedAbout) {
  BenchRun run{plan_of({beside("move", {"freezer"}), with("gain", {"hv"})})};

  run.lost("move");
  run.lost("gain");

  EXPECT_EQ(run.state().prompts.size(), 2U);
}

TEST(Lanes, WhileTheRestGoesOnAQuestionBringsNoSafeState) {
  auto plan = plan_of({beside("move", {"freezer"}), with("a", {"cpu"}), with("b", {"cpu"})});
  plan.safe_state = {command("off")};
  BenchRun run{plan};
  run.lost("move");

  run.pass(1h);
  run.done("a");
  EXPECT_THAT(run.running(), ElementsAre("b"));
  run.done("b");
  EXPECT_THAT(run.running(), IsEmpty());
  run.pass(15min);
  EXPECT_THAT(run.running(), ElementsAre("off"));
}

TEST(Lanes, AllThatRunAreAdoptedAndHoldWhatTheyHeld) {
  BenchRun run{plan_of({beside("analyse", {"cpu"}), with("gain", {"hv"}), with("more", {"cpu"})})};
  run.resume();
  run.tell(AttemptAdopted{{.title = "analyse"}});
  run.tell(AttemptAdopted{{.title = "gain"}});
  run.settle();

  run.done("gain");
  EXPECT_THAT(run.running(), ElementsAre("analyse"));
  run.done("analyse");
  EXPECT_THAT(run.running(), ElementsAre("more"));
}

TEST(Lanes, SettingUpTakesTheWholeBench) {
  auto plan = plan_of({beside("soak", {"freezer"}), with("gain", {"hv"})});
  plan.steps[0].kind = StepKind::Wait;
  plan.steps[0].arguments = {{.name = "duration", .value = "1 h"}};
  plan.on_resume = {command("set up")};
  BenchRun run{plan};
  run.reboot();
  run.start_again({.mode = StartMode::Resume});
  run.never_started("gain");

  EXPECT_THAT(run.running(), ElementsAre("soak"));
  run.pass(1h);
  EXPECT_THAT(run.running(), ElementsAre("set up"));
  run.done("set up");
  EXPECT_THAT(run.running(), ElementsAre("gain"));
}

TEST(Lanes, UntilCoversTheStepsInTheBackground) {
  BenchRun run{plan_of({beside("analyse", {"cpu"}), with("gain", {"hv"}), with("dark", {"hv"})}),
               {.until = "gain"}};

  run.done("gain");
  EXPECT_THAT(run.running(), ElementsAre("analyse"));
  EXPECT_EQ(run.status(), RunStatus::Running);

  run.done("analyse");
  EXPECT_EQ(run.status(), RunStatus::Stopped);
}

TEST(Lanes, FromJumpsOverStepsInTheBackgroundToo) {
  const BenchRun run{plan_of({beside("analyse", {"cpu"}),
                              with("gain", {"hv"}),
                              follows(with("dark", {"hv"}), {"analyse"})}),
                     {.from = "dark"}};

  EXPECT_THAT(run.running(), ElementsAre("dark"));
}

TEST(Lanes, AnEarlierStepThatIsDoneAgainWaitsForWhatHoldsItsResources) {
  BenchRun run{plan_of({with("gain", {"hv"}), beside("scan", {"hv"}), with("look", {"cpu"})})};
  run.done("gain");

  run.says({.kind = VerbKind::Redo, .step = "gain"});
  run.done("look");
  EXPECT_THAT(run.running(), ElementsAre("scan"));
  run.done("scan");
  EXPECT_THAT(run.running(), ElementsAre("gain"));
}

TEST(Lanes, AStepThatAnEditPutBehindDoesNotHoldItUpForEver) {
  const BenchRun run{plan_of({follows(with("gain", {"hv"}), {"later"}), with("later", {"cpu"})})};

  EXPECT_THAT(run.running(), ElementsAre("gain"));
}

}  // namespace

}  // namespace fat
