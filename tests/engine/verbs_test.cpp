#include "fat/engine/verbs.hpp"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/bench_run.hpp"

namespace fat {

namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Plan three_steps() {
  Plan plan;
  plan.steps = {command("a"), command("b"), command("c")};
  plan.on_resume = {command("set up")};
  return plan;
}

VerbReply ask(const BenchRun& run, Verb verb) {
  verb.who = "anna";
  return request(run.plan(), run.state(), verb, {});
}

BenchRun in(RunStatus status) {
  BenchRun run{three_steps()};
  switch (status) {
    case RunStatus::Idle:
    case RunStatus::Running:
      break;
    case RunStatus::Pausing:
      run.says({.kind = VerbKind::Pause});
      break;
    case RunStatus::Paused:
      run.says({.kind = VerbKind::Pause});
      run.done("a");
      break;
    case RunStatus::Waiting:
      run.restart();
      run.lost("a");
      break;
    case RunStatus::Suspended:
      run.says({.kind = VerbKind::Abort});
      run.pass(kUnkillableAfter);
      run.resume();
      break;
    case RunStatus::Stopping:
      run.says({.kind = VerbKind::Stop});
      break;
    case RunStatus::Stopped:
      run.says({.kind = VerbKind::Stop});
      run.done("a");
      break;
    case RunStatus::Aborting:
      run.says({.kind = VerbKind::Abort});
      break;
    case RunStatus::Aborted:
      run.says({.kind = VerbKind::Abort});
      run.ended_by_abort("a");
      break;
    case RunStatus::Completed:
      run.done("a");
      run.done("b");
      run.done("c");
      break;
    case RunStatus::Broken:
      run.tell(BreakRequested{"the journal is damaged"});
      run.settle();
      run.ended_by_abort("a");
      break;
  }
  return run;
}

struct Row {
  std::string name;
  Verb verb;
  std::string expected;  ///< one sign for each state, in the order of RunStatus
};

/// + accepted, = accepted but it is so already, - refused naming the state, x refused because of
/// the step.
char sign(const VerbReply& reply, RunStatus status) {
  if (reply.accepted) {
    return reply.events.empty() ? '=' : '+';
  }
  return reply.text.find(to_string(status)) == std::string::npos ? 'x' : '-';
}

constexpr std::array kStates{RunStatus::Idle,
                             RunStatus::Running,
                             RunStatus::Pausing,
                             RunStatus::Paused,
                             RunStatus::Waiting,
                             RunStatus::Suspended,
                             RunStatus::Stopping,
                             RunStatus::Stopped,
                             RunStatus::Aborting,
                             RunStatus::Aborted,
                             RunStatus::Completed,
                             RunStatus::Broken};

/// The table of the README. Columns: idle, running, pausing, paused, waiting, suspended, stopping,
/// stopped, aborting, aborted, completed, broken.
std::vector<Row> table() {
  const auto on_c = [](VerbKind kind) {
    return Verb{.kind = kind, .step = "c", .value = "done", .reason = "because"};
  };
  return {{"pause", {.kind = VerbKind::Pause}, "-+==++------"},
          {"pause --cancel", {.kind = VerbKind::Pause, .cancel = true}, "-=+====-=---"},
          {"continue", {.kind = VerbKind::Continue}, "-=++=-------"},
          {"stop", {.kind = VerbKind::Stop}, "-+++++==----"},
          {"stop --cancel", {.kind = VerbKind::Stop, .cancel = true}, "-=====+-----"},
          {"skip", on_c(VerbKind::Skip), "-+++++++++x+"},
          {"redo", on_c(VerbKind::Redo), "-=========+="},
          {"mark", on_c(VerbKind::Mark), "-+++++++++=+"},
          {"abort-step", {.kind = VerbKind::AbortStep}, "-++--=+-=---"},
          {"abort", {.kind = VerbKind::Abort}, "-++++++-=---"},
          {"halt", {.kind = VerbKind::Halt}, "-++++++-+---"},
          {"shift", {.kind = VerbKind::Shift, .value = "anna"}, "-+++++++++++"},
          {"ack", {.kind = VerbKind::Acknowledge}, "-===+======="},
          {"answer", on_c(VerbKind::Answer), "----+-------"}};
}

TEST(Verbs, AreLegalInTheStatesOfTheTable) {
  for (const auto& row : table()) {
    std::string found;
    for (const auto status : kStates) {
      const auto run = in(status);
      const RunState nothing{three_steps()};
      const bool idle = status == RunStatus::Idle;
      ASSERT_TRUE(idle || run.status() == status) << to_string(status);
      found += sign(idle ? request(run.plan(), nothing, row.verb, {}) : ask(run, row.verb), status);
    }
    EXPECT_EQ(found, row.expected) << row.name;
  }
}

TEST(Verbs, WhatIsAcceptedLeadsSomewhereInEveryState) {
  for (const auto& row : table()) {
    for (const auto status : kStates) {
      auto run = in(status);

      EXPECT_NO_THROW(run.says(row.verb)) << row.name << " while " << to_string(status);
    }
  }
}

TEST(Verbs, AStepIsNamedByTitleOrIndex) {
  for (const auto* name : {"b", "[1]", "1"}) {
    auto run = in(RunStatus::Running);

    run.says({.kind = VerbKind::Skip, .step = name, .reason = "no time"});

    EXPECT_EQ(run.state_of("b"), "skipped");
  }
}

TEST(Verbs, AnUnknownStepIsRefusedWithASuggestion) {
  Plan plan;
  plan.steps = {command("measure_gain")};

  const auto reply = BenchRun{plan}.says({.kind = VerbKind::Skip, .step = "mesure_gain"});

  EXPECT_THAT(reply.text, HasSubstr("did you mean 'measure_gain'"));
}

TEST(Verbs, SkipAndMarkNeedAReason) {
  const auto run = in(RunStatus::Running);

  EXPECT_FALSE(ask(run, {.kind = VerbKind::Skip, .step = "b"}).accepted);
  EXPECT_FALSE(ask(run, {.kind = VerbKind::Mark, .step = "b", .value = "done"}).accepted);
}

TEST(Verbs, ARunningStepIsNeitherSkippedNorMarkedNorRedone) {
  const auto run = in(RunStatus::Running);
  for (const auto kind : {VerbKind::Skip, VerbKind::Mark, VerbKind::Redo}) {
    EXPECT_THAT(ask(run, {.kind = kind, .step = "a", .value = "done", .reason = "x"}).text,
                HasSubstr("abort-step"));
  }
}

TEST(Verbs, ADoneStepIsNotSkippedBeforeItIsReopened) {
  const auto run = in(RunStatus::Paused);

  EXPECT_THAT(ask(run, {.kind = VerbKind::Skip, .step = "a", .reason = "x"}).text,
              HasSubstr("redo"));
}

TEST(Verbs, AnInterruptedStepIsRedoneOnlyWithAReason) {
  const auto run = in(RunStatus::Waiting);

  EXPECT_FALSE(ask(run, {.kind = VerbKind::Redo, .step = "a"}).accepted);
  EXPECT_TRUE(ask(run, {.kind = VerbKind::Redo, .step = "a", .reason = "seen"}).accepted);
}

TEST(Verbs, AStepThatSetsTheBenchUpIsNotSkipped) {
  const auto run = in(RunStatus::Running);

  EXPECT_FALSE(ask(run, {.kind = VerbKind::Skip, .step = "set up", .reason = "x"}).accepted);
}

TEST(Verbs, ContinueInAFailurePauseGoesOnWithoutTheStep) {
  auto run = in(RunStatus::Running);
  run.errored("a");

  run.says({.kind = VerbKind::Continue});

  EXPECT_EQ(run.state_of("a"), "errored");
  EXPECT_THAT(run.running(), ElementsAre("b"));
}

TEST(Verbs, SkippingTheFailedStepEndsItsPause) {
  auto run = in(RunStatus::Running);
  run.errored("a");

  run.says({.kind = VerbKind::Skip, .step = "a", .reason = "known"});

  EXPECT_THAT(run.running(), ElementsAre("b"));
  EXPECT_THAT(run.summary().prompts, IsEmpty());
}

TEST(Verbs, RedoOfAnotherStepLeavesTheFailurePauseAsItIs) {
  auto run = in(RunStatus::Running);
  run.done("a");
  run.errored("b");

  run.says({.kind = VerbKind::Redo, .step = "a"});

  EXPECT_EQ(run.status(), RunStatus::Paused);
}

TEST(Verbs, RedoAfterTheEndTakesEffectWithResume) {
  auto run = in(RunStatus::Completed);
  run.says({.kind = VerbKind::Redo, .step = "b"});

  run.resume();

  EXPECT_THAT(run.running(), ElementsAre("b"));
}

TEST(Verbs, AStopIsNotCancelledOnceTheStepHasEnded) {
  auto plan = three_steps();
  plan.safe_state = {command("laser off")};
  BenchRun run{plan};
  run.says({.kind = VerbKind::Stop});
  run.done("a");

  EXPECT_THAT(run.says({.kind = VerbKind::Stop, .cancel = true}).text, HasSubstr("too late"));
}

TEST(Verbs, AbortStepRefusesAStepThatDoesNotRun) {
  const auto run = in(RunStatus::Running);

  EXPECT_THAT(ask(run, {.kind = VerbKind::AbortStep, .step = "b"}).text, HasSubstr("'a' is"));
}

TEST(Verbs, TheSecondAnswerIsToldThatItIsLate) {
  auto run = in(RunStatus::Waiting);
  run.answers("done", "seen", 1);

  const auto late = run.answers("skip", "seen", 1);

  EXPECT_FALSE(late.accepted);
  EXPECT_THAT(late.text, HasSubstr("prompt 1 is answered or withdrawn already"));
  EXPECT_EQ(run.state_of("a"), "done");
}

TEST(Verbs, AnAnswerNamesItsPromptWhenTwoAreOpen) {
  auto run = in(RunStatus::Running);
  for (const int id : {1, 2}) {
    const Prompt prompt{.id = id, .purpose = PromptPurpose::StepQuestion, .step = "a"};
    run.tell(PromptOpened{prompt, AttemptKey{.title = "a", .attempt = 1}});
  }

  EXPECT_THAT(run.answers("yes").text, HasSubstr("1, 2"));
  EXPECT_TRUE(run.answers("yes", {}, 2).accepted);
  EXPECT_TRUE(run.answers("no").accepted);
}

TEST(Verbs, AnInvalidAnswerSaysWhatIsExpected) {
  auto run = in(RunStatus::Waiting);

  EXPECT_THAT(run.answers("perhaps", "x").text, HasSubstr("rerun, done, failed, skip"));
}

TEST(Verbs, HaltAfterAbortKills) {
  auto run = in(RunStatus::Aborting);

  run.says({.kind = VerbKind::Halt});

  EXPECT_EQ(run.summary().open.at(0).asked_to_end, EndedBy::Halt);
}

TEST(Verbs, SayWhatTheyLack) {
  const auto run = in(RunStatus::Running);
  EXPECT_THAT(ask(run, {.kind = VerbKind::Shift}).text, HasSubstr("say who takes the shift"));
  EXPECT_THAT(ask(run, {.kind = VerbKind::Mark, .step = "a", .value = "perhaps"}).text,
              HasSubstr("'done' or 'failed'"));
  EXPECT_THAT(ask(run, {.kind = VerbKind::Edit}).text, HasSubstr("no edit is given"));
  EXPECT_THAT(ask(run, {.kind = VerbKind::Lock, .length = std::chrono::hours{25}}).text,
              HasSubstr("at most 24 h"));
  EXPECT_THAT(ask(run, {.kind = VerbKind::Lock, .length = -1s}).text, HasSubstr("at most 24 h"));
}

}  // namespace

}  // namespace fat
