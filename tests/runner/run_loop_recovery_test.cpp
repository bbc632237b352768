// The scheduler or a shim dies in the middle of a step: the next loop on the same journal.
#include <gmock/gmock.h>

#include "runner/loop_fixture.hpp"

namespace fat {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class LoopRecovery : public LoopTest {
 protected:
  static void die() { throw SchedulerDies{}; }

  void kill_shim(const std::string& title) {
    const auto start = parse_start_record(content_of(attempt_of(title) / "start.json"));
    ASSERT_TRUE(start);
    kill(start->shim.pid, SIGKILL);
  }
};

TEST_F(LoopRecovery, AdoptsAStepThatStillRunsAndCompletes) {
  add_patient("a");
  add("b", "echo b >> order");
  when_running("a", die);
  run_until_death();
  when([this] { return !stored<AttemptAdopted>().empty(); }, [this] { release("a"); });

  EXPECT_EQ(run(), RunStatus::Completed);

  EXPECT_EQ(order(), "a\nb\n");
  EXPECT_THAT(story(),
              ElementsAre("started a",
                          "scheduler_started",
                          "attempt_adopted",
                          "ended a done",
                          "started b",
                          "ended b done",
                          "completed"));
}

TEST_F(LoopRecovery, HarvestsAStepThatEndedMeanwhile) {
  add_patient("a").command += R"(; echo '{"checkpoint":"c"}' >&3)";
  when_running("a", die);
  run_until_death();
  const auto start = parse_start_record(content_of(attempt_of("a") / "start.json"));
  release("a");
  ASSERT_TRUE(start && ends(start->shim.pid));

  EXPECT_EQ(run(), RunStatus::Completed);

  EXPECT_EQ(stored<AttemptEnded>().at(0).cause, EndCause::Harvested);
  EXPECT_EQ(stored<AttemptReported>().at(0).checkpoint, "c");
}

TEST_F(LoopRecovery, AnswersAQuestionOfAnAdoptedStepThatWasAskedBefore) {
  add("a",
      "echo '{\"prompt\":{\"text\":\"Which?\",\"kind\":\"text\"}}' >&3; read -r x <&4; "
      "printf '%s\\n' \"$x\" > order");
  when([this] { return !stored<PromptOpened>().empty(); }, die);
  run_until_death();
  when([this] { return !stored<AttemptAdopted>().empty(); },
       [this] { EXPECT_TRUE(answer("left").accepted); });

  EXPECT_EQ(run(), RunStatus::Completed);

  EXPECT_EQ(stored<PromptOpened>().size(), 1U);
  EXPECT_EQ(order(), "{\"prompt\":1,\"value\":\"left\"}\n");
}

TEST_F(LoopRecovery, HandsOnAnAnswerThatWasStoredAndNotHandedOn) {
  add("a",
      "echo '{\"prompt\":{\"text\":\"Which?\",\"kind\":\"text\"}}' >&3; read -r x <&4; "
      "printf '%s\\n' \"$x\" > order");
  when([this] { return !stored<PromptOpened>().empty(); }, die);
  run_until_death();
  journal_.append({{.run = 12,
                    .at = clock_.now(),
                    .who = "anna",
                    .body = PromptAnswered{.id = 1,
                                           .value = "left",
                                           .reason = {},
                                           .attempt = AttemptKey{.title = "a", .attempt = 1}}}});

  EXPECT_EQ(run(), RunStatus::Completed);

  EXPECT_EQ(order(), "{\"prompt\":1,\"value\":\"left\"}\n");
}

TEST_F(LoopRecovery, StartsAStepWhoseIntentWasStoredAndNoMore) {
  add("a", "echo a >> order");
  const auto now = clock_.now();
  AttemptStarted intent;
  intent.key.title = "a";
  intent.token = "never-seen";
  const PlanRecord record{.run = 12, .version = 1, .plan = plan_};
  const std::vector<EventBody> bodies{
      RunOpened{}, SchedulerStarted{}, PlanAdopted{.version = 1}, intent};
  std::vector<Event> events;
  events.reserve(bodies.size());
  for (const auto& body : bodies) {
    events.push_back({.run = 12, .at = now, .who = "anna", .body = body});
  }
  journal_.append(events, &record);

  EXPECT_EQ(run(), RunStatus::Completed);

  EXPECT_EQ(order(), "a\n");
  EXPECT_EQ(stored<AttemptEnded>().at(0).cause, EndCause::NeverStarted);
}

TEST_F(LoopRecovery, AsksAfterAShimWasKilledAndRepeatsWhenTold) {
  add_patient("a");
  when_running("a", [this] { kill_shim("a"); });
  when_status(RunStatus::Waiting, [this] {
    EXPECT_FALSE(answer("rerun").accepted);
    EXPECT_TRUE(answer("rerun", "nothing had happened").accepted);
  });
  when([this] { return std::filesystem::exists(attempt_of("a", 2) / "start.json"); },
       [this] { release("a"); });

  EXPECT_EQ(run(), RunStatus::Completed);

  EXPECT_EQ(order(), "a\n");
  const auto ended = stored<AttemptEnded>();
  EXPECT_EQ(ended.at(0).outcome, Outcome::Interrupted);
  EXPECT_EQ(ended.at(0).cause, EndCause::Lost);
  EXPECT_THAT(stored<PromptOpened>().at(0).prompt.text, HasSubstr("was interrupted"));
}

TEST_F(LoopRecovery, KeepsWhatWasReportedBeforeTheShimWasKilled) {
  add_patient("a").command.insert(0, R"(echo '{"checkpoint":"c"}' >&3; )");
  when([this] { return content_of(attempt_of("a") / "report.jsonl").ends_with("\n"); },
       [this] { kill_shim("a"); });
  when_status(RunStatus::Waiting, [this] { ask({.kind = VerbKind::Stop}); });

  EXPECT_EQ(run(), RunStatus::Stopped);

  ASSERT_EQ(stored<AttemptReported>().size(), 1U);
  EXPECT_EQ(stored<AttemptReported>()[0].checkpoint, "c");
}

TEST_F(LoopRecovery, AsksWhenBothSchedulerAndShimWereKilled) {
  add_patient("a");
  when_running("a", die);
  run_until_death();
  kill_shim("a");
  when_status(RunStatus::Waiting,
              [this] { EXPECT_TRUE(answer("done", "looked at the bench").accepted); });

  EXPECT_EQ(run(), RunStatus::Completed);

  EXPECT_EQ(stored<StepResolved>().at(0).outcome, Outcome::Done);
}

TEST_F(LoopRecovery, AbortsAnAdoptedStep) {
  add_patient("a");
  when_running("a", die);
  run_until_death();
  when([this] { return !stored<AttemptAdopted>().empty(); },
       [this] { ask({.kind = VerbKind::Abort}); });

  EXPECT_EQ(run(), RunStatus::Aborted);

  EXPECT_EQ(stored<AttemptEnded>().at(0).outcome, Outcome::Aborted);
}

}  // namespace
}  // namespace fat
