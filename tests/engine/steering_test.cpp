// People change the plan of a run, and keep others from doing so.
#include <gmock/gmock.h>

#include "engine/bench_run.hpp"
#include "fat/engine/plan_editor.hpp"

namespace fat {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Plan plain(const std::vector<std::string>& titles) {
  std::vector<Step> steps;
  steps.reserve(titles.size());
  for (const auto& title : titles) {
    steps.push_back(command(title));
  }
  return plan_of(std::move(steps));
}

std::vector<std::string> titles(const Plan& plan) {
  std::vector<std::string> all;
  all.reserve(plan.steps.size());
  for (const auto& step : plan.steps) {
    all.push_back(step.title);
  }
  return all;
}

VerbReply edit(BenchRun& run, std::vector<PlanEdit> edits) {
  return run.says({.kind = VerbKind::Edit, .who = "anna", .edits = std::move(edits)});
}

VerbReply lock(BenchRun& run, const std::string& who, Verb verb = {}) {
  verb.kind = VerbKind::Lock;
  verb.who = who;
  return run.says(verb);
}

const std::string kAnna = "anna at /dev/pts/1 (uid 7)";
const std::string kBen = "ben at /dev/pts/2 (uid 8)";

TEST(Steering, AnInsertedStepRunsWhereItWasPut) {
  BenchRun run{plain({"a", "b"})};

  EXPECT_TRUE(edit(run, {PlanEdit::insert(command("x"), "a")}).accepted);
  run.done("a");
  run.done("x");
  run.done("b");

  EXPECT_THAT(run.started(), ElementsAre("a", "x", "b"));
  EXPECT_EQ(run.status(), RunStatus::Completed);
}

TEST(Steering, MovedAndDroppedStepsFollowTheNewOrder) {
  BenchRun run{plain({"a", "b", "c", "d"})};

  EXPECT_TRUE(edit(run, {PlanEdit::move("d", "a"), PlanEdit::drop("b")}).accepted);

  EXPECT_THAT(titles(run.plan()), ElementsAre("a", "d", "c"));
}

TEST(Steering, AttemptsNameTheVersionTheyWereStartedUnder) {
  BenchRun run{plain({"a", "b"})};
  edit(run, {PlanEdit::insert(command("x"), "a")});

  run.done("a");

  const auto& open = run.state().open.front().start;
  EXPECT_EQ(open.key.title, "x");
  EXPECT_EQ(open.plan_version, 2);
}

TEST(Steering, AnEditSurvivesACrash) {
  BenchRun run{plain({"a", "b"})};
  edit(run, {PlanEdit::insert(command("x"), "a"), PlanEdit::drop("b")});

  run.crash();

  EXPECT_THAT(titles(run.plan()), ElementsAre("a", "x"));
  EXPECT_EQ(run.state().plan_version, 2);
  EXPECT_EQ(run.state().edits.size(), 2U);
}

TEST(Steering, ABatchWithOneWrongEditChangesNothingAndNamesAll) {
  BenchRun run{plain({"a", "b", "c"})};
  auto other = command("b");
  other.command = "something else";

  const auto reply = edit(run,
                          {PlanEdit::drop("c"),
                           PlanEdit::drop("a"),
                           PlanEdit::insert(other, "b"),
                           PlanEdit::move("nothing", "a")});

  EXPECT_FALSE(reply.accepted);
  EXPECT_THAT(reply.text, HasSubstr("step 'a' is running"));
  EXPECT_THAT(reply.text, HasSubstr("insert 'b'"));
  EXPECT_THAT(reply.text, HasSubstr("no step 'nothing'"));
  EXPECT_THAT(titles(run.plan()), ElementsAre("a", "b", "c"));
  EXPECT_EQ(run.state().plan_version, 1);
}

TEST(Steering, WhatHasBegunOrIsDecidedIsLeftAlone) {
  auto plan = plain({"a", "b", "c", "d"});
  plan.steps[1].attempts = 2;
  plan.steps[1].retry_delay = 1min;
  BenchRun run{plan};
  run.done("a");
  run.errored("b");
  run.says({.kind = VerbKind::Skip, .who = "anna", .step = "c", .reason = "no camera"});

  EXPECT_THAT(edit(run, {PlanEdit::drop("a")}).text, HasSubstr("done already"));
  EXPECT_THAT(edit(run, {PlanEdit::drop("b")}).text, HasSubstr("started before"));
  EXPECT_THAT(edit(run, {PlanEdit::drop("c")}).text, HasSubstr("skipped already"));
  EXPECT_TRUE(edit(run, {PlanEdit::drop("d")}).accepted);
}

TEST(Steering, NothingIsPutInFrontOfWhatHasBegun) {
  BenchRun run{plain({"a", "b", "c"})};
  run.done("a");

  EXPECT_THAT(edit(run, {PlanEdit::insert(command("x"), "a")}).text, HasSubstr("behind the run"));
  EXPECT_THAT(edit(run, {PlanEdit::move("c", "")}).text, HasSubstr("behind the run"));
  EXPECT_TRUE(edit(run, {PlanEdit::insert(command("x"), "b")}).accepted);
}

TEST(Steering, AStepPutRightBeforeFromRuns) {
  BenchRun run{plain({"a", "b", "c"}), {.from = "b"}};
  run.says({.kind = VerbKind::Stop, .who = "anna"});
  run.done("b");
  run.resume();

  EXPECT_TRUE(edit(run, {PlanEdit::move("a", "c")}).accepted);
  run.done("c");

  EXPECT_THAT(run.running(), ElementsAre("a"));
}

TEST(Steering, TheStepsOfFromAndUntilStay) {
  auto plan = plain({"a", "b", "c", "d"});
  plan.on_resume = {command("set up")};
  plan.safe_state = {command("safe")};
  BenchRun run{plan, {.from = "b", .until = "c"}};
  run.says({.kind = VerbKind::Abort, .who = "anna"});

  EXPECT_THAT(edit(run, {PlanEdit::drop("c")}).text, HasSubstr("--until"));
  EXPECT_TRUE(edit(run, {PlanEdit::drop("d")}).accepted);
}

TEST(Steering, EveryStepCanBeDroppedAndTheRunCompletes) {
  BenchRun run{plain({"a", "b"})};
  edit(run, {PlanEdit::drop("b")});

  run.done("a");

  EXPECT_EQ(run.status(), RunStatus::Completed);
}

TEST(Steering, ACompletedRunTakesFurtherStepsAndGoesOnWithThem) {
  BenchRun run{plain({"a"})};
  run.done("a");

  EXPECT_TRUE(edit(run, {PlanEdit::insert(command("x"), "a")}).accepted);
  run.resume();

  EXPECT_THAT(run.running(), ElementsAre("x"));
}

TEST(Steering, TheSameEditTwiceIsOneEdit) {
  BenchRun run{plain({"a", "b"})};
  edit(run, {PlanEdit::insert(command("x"), "a")});

  const auto again = edit(run, {PlanEdit::insert(command("x"), "a")});

  EXPECT_TRUE(again.accepted);
  EXPECT_THAT(again.text, HasSubstr("already"));
  EXPECT_EQ(run.state().plan_version, 2);
}

TEST(Steering, EditsAreTakenBackOneAfterTheOther) {
  const auto original = plain({"a", "b", "c", "d"});
  BenchRun run{original};
  auto changed = command("c");
  changed.attempts = 3;
  const std::vector<PlanEdit> edits{PlanEdit::insert(command("x"), "b"),
                                    PlanEdit::move("d", "a"),
                                    PlanEdit::replace(original.steps[2], changed),
                                    PlanEdit::drop("b")};
  edit(run, edits);

  const auto reply = run.says({.kind = VerbKind::Edit,
                               .who = "anna",
                               .edits = inverse(original, run.state().edits),
                               .undoes = 2});

  EXPECT_TRUE(reply.accepted) << reply.text;
  EXPECT_EQ(fingerprint(run.plan()), fingerprint(original));
  EXPECT_THAT(run.state().edits, IsEmpty());
  EXPECT_THAT(run.state().undoable, IsEmpty());
}

TEST(Steering, WhatIsNoLongerTheNewestEditIsNotTakenBack) {
  const auto original = plain({"a", "b"});
  BenchRun run{original};
  edit(run, {PlanEdit::insert(command("x"), "a")});
  edit(run, {PlanEdit::insert(command("y"), "x")});

  const auto reply = run.says(
      {.kind = VerbKind::Edit, .who = "anna", .edits = {PlanEdit::drop("x")}, .undoes = 2});

  EXPECT_FALSE(reply.accepted);
  EXPECT_EQ(run.plan().steps.size(), 4U);
}

TEST(Steering, EditsAreDoneAgainOnAChangedScheduleWhereTheyFit) {
  auto before = plain({"a", "b", "c"});
  auto slower = before.steps[1];
  slower.attempts = 2;
  auto now = plain({"a", "b", "c", "d"});
  now.steps[1].timeout = 5min;

  const auto result = replay(now,
                             {PlanEdit::insert(command("x"), "a"),
                              PlanEdit::replace(before.steps[1], slower),
                              PlanEdit::move("gone", "a"),
                              PlanEdit::drop("old"),
                              PlanEdit::drop("c")});

  EXPECT_THAT(titles(result.plan), ElementsAre("a", "x", "b", "d"));
  EXPECT_EQ(result.kept.size(), 2U);
  EXPECT_THAT(result.lost, ElementsAre(HasSubstr("changed 'b'"), HasSubstr("moved 'gone'")));
}

TEST(Steering, AnInsertedStepWaitsForWhatItNeedsAndFollows) {
  auto analyse = command("analyse");
  analyse.needs = {"cpu"};
  analyse.background = true;
  auto gain = command("gain");
  gain.needs = {"hv"};
  auto use = command("use");
  use.needs = {"screen"};
  use.after = {"analyse"};
  auto fit = command("fit");
  fit.needs = {"cpu"};
  fit.background = true;
  BenchRun run{plan_of({analyse, gain})};

  EXPECT_TRUE(edit(run, {PlanEdit::insert(fit, "gain"), PlanEdit::insert(use, "fit")}).accepted);
  run.done("gain");

  EXPECT_THAT(run.running(), ElementsAre("analyse"));
  EXPECT_EQ(run.state_of("fit"), "waits for cpu, held by 'analyse'");
  EXPECT_EQ(run.state_of("use"), "waits for step 'analyse' to end");
  run.crash();
  run.done("analyse");
  EXPECT_THAT(run.running(), ElementsAre("fit", "use"));
}

TEST(Steering, AStepInTheBackgroundIsInsertedBesideTheOneThatRuns) {
  auto gain = command("gain");
  gain.needs = {"hv"};
  auto analyse = command("analyse");
  analyse.needs = {"cpu"};
  analyse.background = true;
  BenchRun run{plan_of({gain, command("last")})};

  EXPECT_THAT(edit(run, {PlanEdit::insert(analyse, "")}).text, HasSubstr("behind the run"));
  EXPECT_TRUE(edit(run, {PlanEdit::insert(analyse, "gain")}).accepted);
  EXPECT_THAT(run.running(), ElementsAre("gain"));  // its place in the order comes behind it
  run.done("gain");

  EXPECT_THAT(run.running(), ElementsAre("analyse"));
  EXPECT_EQ(run.state_of("last"), "waits for the whole bench, held by 'analyse'");
}

TEST(Steering, WhatAStepFollowsIsNotTakenAwayOrPutBehindIt) {
  auto use = command("use");
  use.after = {"b"};
  BenchRun run{plan_of({command("a"), command("b"), use})};

  EXPECT_THAT(edit(run, {PlanEdit::drop("b")}).text, HasSubstr("step 'use' has to come after 'b'"));
  EXPECT_THAT(edit(run, {PlanEdit::move("b", "use")}).text,
              HasSubstr("step 'use' has to come after 'b'"));
  EXPECT_TRUE(edit(run, {PlanEdit::drop("use"), PlanEdit::drop("b")}).accepted);
}

TEST(ControlLock, BarsOthersAndNamesHolderAndNote) {
  BenchRun run{plain({"a", "b"})};
  lock(run, kAnna, {.value = "hands in the freezer"});

  const auto reply = run.says({.kind = VerbKind::Skip, .who = kBen, .step = "b", .reason = "x"});

  EXPECT_FALSE(reply.accepted);
  EXPECT_THAT(reply.text, HasSubstr("anna"));
  EXPECT_THAT(reply.text, HasSubstr("hands in the freezer"));
}

TEST(ControlLock, TheHolderPassesFromAnyTerminal) {
  BenchRun run{plain({"a", "b"})};
  lock(run, kAnna);

  EXPECT_TRUE(run.says({.kind = VerbKind::Pause, .who = "anna at /dev/pts/9 (uid 7)"}).accepted);
}

TEST(ControlLock, NeverBarsAbortHaltOrASignal) {
  BenchRun run{plain({"a", "b"})};
  lock(run, kAnna);

  EXPECT_TRUE(run.says({.kind = VerbKind::Stop, .who = "Ctrl-C", .signal = true}).accepted);
  EXPECT_TRUE(run.says({.kind = VerbKind::Abort, .who = kBen}).accepted);
  EXPECT_TRUE(run.says({.kind = VerbKind::Halt, .who = kBen}).accepted);
}

TEST(ControlLock, ExpiresWhateverIsDoneToTheWallClock) {
  BenchRun run{plain({"a", "b"})};
  lock(run, kAnna, {.length = 30min});
  run.clock.step_wall(24h);
  EXPECT_FALSE(run.says({.kind = VerbKind::Pause, .who = kBen}).accepted);

  run.pass(31min);

  EXPECT_TRUE(run.says({.kind = VerbKind::Pause, .who = kBen}).accepted);
}

TEST(ControlLock, IsTakenOverWithAReasonOnly) {
  BenchRun run{plain({"a", "b"})};
  lock(run, kAnna);

  EXPECT_FALSE(lock(run, kBen).accepted);
  EXPECT_FALSE(lock(run, kBen, {.take_over = true}).accepted);
  EXPECT_TRUE(lock(run, kBen, {.reason = "anna went home", .take_over = true}).accepted);

  EXPECT_FALSE(run.says({.kind = VerbKind::Pause, .who = kAnna}).accepted);
  EXPECT_THAT(run.state().lock->said.taken_from, HasSubstr("anna"));
}

TEST(ControlLock, IsGivenBackByItsHolder) {
  BenchRun run{plain({"a", "b"})};
  lock(run, kAnna);
  EXPECT_FALSE(run.says({.kind = VerbKind::Unlock, .who = kBen}).accepted);

  EXPECT_TRUE(run.says({.kind = VerbKind::Unlock, .who = kAnna}).accepted);

  EXPECT_TRUE(run.says({.kind = VerbKind::Pause, .who = kBen}).accepted);
}

TEST(ControlLock, SurvivesACrash) {
  BenchRun run{plain({"a", "b"})};
  lock(run, kAnna);

  run.crash();

  EXPECT_FALSE(run.says({.kind = VerbKind::Pause, .who = kBen}).accepted);
}

TEST(ChangeCounters, TellWhatHasChanged) {
  BenchRun run{plain({"a", "b"})};
  const auto before = run.state().counters;

  edit(run, {PlanEdit::drop("b")});

  EXPECT_EQ(run.state().counters.events, before.events + 1);
  EXPECT_EQ(run.state().counters.plan, before.plan + 1);
  EXPECT_EQ(run.state().counters.steps, before.steps);
  EXPECT_EQ(run.state().counters.prompts, before.prompts);
}

}  // namespace

}  // namespace fat
