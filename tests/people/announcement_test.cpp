// Events -> the words people read.
#include "fat/people/announcement.hpp"

#include <chrono>

#include <gmock/gmock.h>

#include "people/sample_run.hpp"

namespace fat {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kAnna = "anna (uid 1000) at terminal /dev/pts/3";

class Announcing : public testing::Test {
 protected:
  std::vector<std::string> texts(EventBody body, const std::string& who = "fatmaster") {
    std::vector<std::string> result;
    for (const auto& line : announce(event_at(clock_.now(), std::move(body), who), campaign_)) {
      result.push_back(line.text);
    }
    return result;
  }

  static AttemptKey gain(int attempt = 1) {
    return {.list = StepList::Main, .title = "gain", .attempt = attempt};
  }

  ManualClock clock_;
  ScriptedCampaign campaign_ = sample_run(clock_.now());
};

TEST_F(Announcing, NamesAStartingStepByIndexAndTitleAndLaterAttemptsByNumber) {
  AttemptStarted started;
  started.key = gain();
  EXPECT_THAT(texts(started), ElementsAre("[1] gain: started"));
  started.key = gain(2);
  EXPECT_THAT(texts(started), ElementsAre("[1] gain: started (attempt 2)"));
}

TEST_F(Announcing, SaysHowLongADoneStepTook) {
  AttemptEnded ended;
  ended.key = gain();
  ended.outcome = Outcome::Done;
  ended.ran = minutes{12} + seconds{3};

  EXPECT_THAT(texts(ended), ElementsAre("[1] gain: done in 12 min 3 s"));
}

TEST_F(Announcing, SaysWhyAStepErroredAndWhenItIsTriedAgain) {
  AttemptEnded ended;
  ended.key = gain();
  ended.outcome = Outcome::Errored;
  ended.reason = "exit status 3";
  ended.ran = seconds{7};
  campaign_.the_summary.steps[1].state = "retry in 5 min";

  EXPECT_THAT(texts(ended),
              ElementsAre("[1] gain: errored after 7 s: exit status 3; retry 1 of 2 in 5 min"));
}

TEST_F(Announcing, DoesNotCountRetriesBeyondTheBudgetOfAReopenedStep) {
  AttemptEnded ended;
  ended.key = gain(5);
  ended.outcome = Outcome::Errored;
  ended.reason = "exit status 3";
  campaign_.the_summary.steps[1].state = "retry in 5 min";

  EXPECT_THAT(texts(ended), ElementsAre("[1] gain: errored: exit status 3; retry in 5 min"));
}

TEST_F(Announcing, SaysInPlainWordsWhatHappenedWhileTheEngineWasAway) {
  AttemptEnded ended;
  ended.key = gain();
  ended.outcome = Outcome::Done;
  ended.cause = EndCause::Harvested;
  ended.ran = seconds{2};
  EXPECT_THAT(texts(ended),
              ElementsAre("[1] gain: done in 2 s (it ended while the engine was away)"));

  ended.outcome = Outcome::Interrupted;
  ended.cause = EndCause::Lost;
  ended.reason = "no exit record";
  EXPECT_THAT(texts(ended),
              ElementsAre("[1] gain: interrupted after 2 s: nobody knows whether it did its work: "
                          "no exit record"));

  ended.cause = EndCause::NeverStarted;
  EXPECT_THAT(texts(ended),
              ElementsAre("[1] gain: did not begin, nothing was run: no exit record"));

  EXPECT_THAT(texts(AttemptAdopted{gain(2)}),
              ElementsAre("[1] gain: went on running while the engine was away; watched again "
                          "(attempt 2)"));
}

TEST_F(Announcing, SaysThatSurvivorsWereEnded) {
  AttemptEnded ended;
  ended.key = gain();
  ended.outcome = Outcome::Done;
  ended.ran = seconds{2};
  ended.survivors = 2;

  EXPECT_THAT(
      announce(event_at(clock_.now(), ended), campaign_),
      ElementsAre(Announcement{
          Urgency::Warning, "[1] gain: done in 2 s; 2 processes that it left behind were ended"}));
}

TEST_F(Announcing, TellsHowToAnswerAQuestion) {
  EXPECT_THAT(texts(PromptOpened{cable_question(), std::nullopt}),
              ElementsAre("QUESTION 2 (check cables): Are the cables dry?",
                          "  answer with: fatmaster answer 2 yes   (yes or no)"));

  const auto end = clock_.now().wall + std::chrono::hours{2};
  campaign_.the_summary.eta = Eta{.asked = clock_.now().wall, .end = TimeRange{end, end, end}};
  EXPECT_THAT(texts(PromptOpened{cable_question(), std::nullopt}).back(),
              "  answered now, the run ends in 2 h, 2026-11-21 02:00; nobody else is needed");
  campaign_.the_summary.eta.reset();

  Prompt prompt = cable_question();
  prompt.kind = PromptKind::Choice;
  prompt.choices = {"rerun", "done", "failed", "skip"};
  prompt.reason_required = true;
  prompt.deadline = minutes{30};
  prompt.default_value = "skip";
  EXPECT_THAT(texts(PromptOpened{prompt, std::nullopt})[1],
              "  answer with: fatmaster answer 2 rerun --reason 'WHY'   (one of rerun, done, "
              "failed, skip); without an answer within 30 min it is 'skip'");
}

TEST_F(Announcing, SaysWhoAskedForWhatAndWhy) {
  EXPECT_THAT(texts(PromptAnswered{2, "no", "leak"}, kAnna),
              ElementsAre("question 2 was answered by anna (uid 1000) at terminal /dev/pts/3: no "
                          "(leak)"));
  EXPECT_THAT(texts(PauseRequested{"lunch"}, kAnna)[0],
              HasSubstr("pause asked for by anna (uid 1000) at terminal /dev/pts/3: lunch;"));
  EXPECT_THAT(
      texts(AbortRequested{"smoke", true}, kAnna)[0],
      "HALT asked for by anna (uid 1000) at terminal /dev/pts/3: smoke; what runs is killed "
      "at once and the safe state follows");
}

TEST_F(Announcing, SaysWhichFailurePausedTheRunAndWhenTheSafeStateFollows) {
  EXPECT_THAT(texts(Paused{true, "gain", "exit status 3"}),
              ElementsAre("PAUSED because [1] gain failed: exit status 3; without an answer the "
                          "safe state follows in 15 min"));
}

TEST_F(Announcing, ListsModulesAndStepsWhenAPlanIsAdopted) {
  EXPECT_THAT(texts(PlanAdopted{}),
              ElementsAre("the plan has 5 steps on 1 module",
                          "  module DEgg2021-3-133 (port 6001)",
                          "  [0] status_check",
                          "  [1] gain",
                          "  [2] note",
                          "  [3] check cables",
                          "  [4] wait"));
}

TEST_F(Announcing, SaysWhoAcceptedDriftAndWhy) {
  PlanAdopted adopted;
  adopted.version = 2;
  adopted.accept_drift = "longer soak";

  EXPECT_THAT(texts(adopted, "anna")[0],
              "the plan has changed (version 2), accepted by anna: longer soak");
}

TEST_F(Announcing, SaysThatTheRunGoesOnWithoutAStepOfOnFailureContinue) {
  const StepResolved resolved{"gain", Outcome::Errored, "exit status 3"};

  EXPECT_THAT(texts(resolved), ElementsAre("[1] gain: the run goes on without it"));
  EXPECT_THAT(texts(resolved, kAnna),
              ElementsAre(HasSubstr("[1] gain: was marked errored by anna")));
}

TEST_F(Announcing, SaysWhenAStopComes) {
  const StopRequested stop{.reason = "lunch", .failure = false};

  EXPECT_THAT(texts(stop, "anna"), ElementsAre(HasSubstr("when the running step has ended")));

  campaign_.the_summary.open.clear();
  EXPECT_THAT(texts(stop, "anna"), ElementsAre("stop asked for by anna: lunch; the run stops now"));
}

TEST_F(Announcing, EndsWithTheCounts) {
  campaign_.the_summary.ended = clock_.now().wall;
  EXPECT_THAT(texts(RunEnded{RunStatus::Stopped, "answered no"}),
              ElementsAre("run 12 is stopped (answered no): 1 done, 4 not run, after 10 min",
                          "to go on: fatmaster resume"));
}

TEST_F(Announcing, SaysNothingAboutProgress) {
  AttemptReported reported;
  reported.key = gain();
  reported.progress = 0.5;

  EXPECT_THAT(texts(reported), IsEmpty());
}

TEST_F(Announcing, SaysWhichMeasurementIsOutsideItsLimits) {
  AttemptReported reported;
  reported.key = gain();
  reported.measurements = {{.module = "DEgg2021-3-133",
                            .channel = "upper",
                            .name = "dark_rate",
                            .value = 3000,
                            .unit = "Hz",
                            .limits = {.min = {}, .max = 2600, .warn_min = {}, .warn_max = {}}}};

  EXPECT_THAT(texts(reported),
              ElementsAre("[1] gain: module DEgg2021-3-133 upper: dark_rate = 3000 Hz is failed "
                          "(limits: max 2600)"));
}

TEST_F(Announcing, LetsNoEscapeSequenceOfAStepThrough) {
  AttemptReported reported;
  reported.key = gain();
  reported.messages = {{"critical",
                        "a\x1b]0;owned\x07 b\r\nc \xC2\x9B"
                        "2J"}};

  const auto lines = announce(event_at(clock_.now(), reported), campaign_);

  ASSERT_THAT(lines, testing::SizeIs(1));
  EXPECT_EQ(lines[0].urgency, Urgency::Critical);
  EXPECT_EQ(lines[0].text, "[1] gain: a]0;owned b  c 2J");
}

TEST_F(Announcing, AsksForTheSummaryOnlyWhereItIsNeeded) {
  AttemptStarted started;
  started.key = gain();
  AttemptEnded ended;
  ended.key = gain();
  ended.outcome = Outcome::Done;

  texts(started);
  texts(ended);

  EXPECT_EQ(campaign_.summaries_asked, 0);
}

TEST_F(Announcing, SaysVirtualInEveryLineOfAVirtualRun) {
  const Announcement line{.urgency = Urgency::Warning, .text = "the freezer is warm", .fault = {}};

  EXPECT_EQ(log_line(line, clock_.now().wall, true),
            "2026-11-21 00:00:00 +0000  VIRTUAL  WARNING the freezer is warm");
  EXPECT_EQ(log_line(line, clock_.now().wall, false),
            "2026-11-21 00:00:00 +0000  WARNING the freezer is warm");
}

TEST_F(Announcing, SaysWhatWasCheckedAndWhatAnOlderProgramDidBeforeTheStart) {
  RunOpened opened;
  opened.schedule_file = "cold.ini";
  opened.run_file = "run_00012.json";
  opened.imported_done = {"status_check", "gain"};
  opened.checks = {{.check = "peripherals", .good = false, .who = "anna", .at = {}, .note = "dark"},
                   {.check = "laser-supply", .good = true, .by_person = true, .who = "ben"},
                   {.check = "laser-supply", .good = false, .by_person = true, .who = "ben"},
                   {.check = "gain", .good = true, .who = "anna"}};

  const auto lines = announce(event_at(clock_.now(), opened), campaign_);

  ASSERT_THAT(lines, testing::SizeIs(6));
  EXPECT_THAT(lines[1].text, HasSubstr("before the start: peripherals failed by anna on 1970-"));
  EXPECT_THAT(lines[1].text, testing::EndsWith(": dark"));
  EXPECT_EQ(lines[1].urgency, Urgency::Warning);
  EXPECT_THAT(lines[2].text, HasSubstr("laser-supply confirmed by ben"));
  EXPECT_EQ(lines[2].urgency, Urgency::Info);
  EXPECT_THAT(lines[3].text, HasSubstr("laser-supply denied by ben"));
  EXPECT_EQ(lines[3].urgency, Urgency::Warning);
  EXPECT_THAT(lines[4].text, HasSubstr("gain done by anna"));
  EXPECT_EQ(lines[5].text, "2 steps done by the original script are kept as done");
}

TEST_F(Announcing, WarnsWhenTheEngineHadDied) {
  SchedulerStarted started;
  started.mode = StartMode::Restart;
  started.version = "0.1.0";
  started.pid = 4711;
  started.host = "labpc";

  EXPECT_THAT(announce(event_at(clock_.now(), started), campaign_),
              ElementsAre(Announcement{Urgency::Warning,
                                       "the engine had died; it was started again and run 12 goes "
                                       "on (fatmaster 0.1.0, process 4711 on labpc)"}));
}

TEST_F(Announcing, NamesWhatIsDoneAgainAndDoesNotWriteOutALongPlan) {
  PlanAdopted adopted;
  adopted.version = 2;
  adopted.redo = {"gain", "note"};
  campaign_.the_plan.steps.resize(41);

  EXPECT_THAT(texts(adopted, "anna"),
              ElementsAre("the plan has changed (version 2), accepted by anna",
                          "to be done again: gain, note",
                          "the plan has 41 steps on 1 module",
                          "  module DEgg2021-3-133 (port 6001)"));
}

TEST_F(Announcing, SaysWhatAnAttemptWaitsForOrAsks) {
  AttemptStarted started;
  started.key = gain();
  started.verify = true;
  EXPECT_THAT(texts(started), ElementsAre("[1] gain: asking the hardware whether it was done"));
  started.verify = false;
  started.wait = minutes{90};
  EXPECT_THAT(texts(started), ElementsAre("[1] gain: waiting 1 h 30 min"));
  started.wait_until = clock_.now().wall;
  EXPECT_THAT(texts(started), ElementsAre("[1] gain: waiting until 2026-11-21 00:00:00 +0000"));
}

TEST_F(Announcing, PassesOnWhatAStepSaysOfAModule) {
  AttemptReported reported;
  reported.key = gain();
  reported.verdicts = {{"DEgg2021-3-133", Verdict::Failed, "dark"}};

  EXPECT_THAT(texts(reported), ElementsAre("[1] gain: module DEgg2021-3-133: failed: dark"));
}

TEST_F(Announcing, SaysWhatFollowsAnAbortedStep) {
  EXPECT_THAT(texts(AbortStepRequested{"gain", AfterAbort::Pause, "smoke"}, "anna"),
              ElementsAre("[1] gain: abort asked for by anna: smoke; then the run pauses"));
  EXPECT_THAT(texts(AbortStepRequested{"gain", AfterAbort::Retry, ""}, "anna"),
              ElementsAre("[1] gain: abort asked for by anna; then it is run again"));
  EXPECT_THAT(texts(AbortStepRequested{"gain", AfterAbort::Continue, ""}, "anna"),
              ElementsAre("[1] gain: abort asked for by anna; then the next step follows"));
}

TEST_F(Announcing, SaysWhatPeopleNeedNotLookAfterAnyMore) {
  EXPECT_THAT(texts(PromptWithdrawn{.id = 2, .reason = "the step was skipped"}),
              ElementsAre("question 2 needs no answer any more: the step was skipped"));
  EXPECT_THAT(texts(ModuleReleased{.module = "DEgg2021-3-133", .reason = "new cable"}, "anna"),
              ElementsAre("module DEgg2021-3-133 is released from quarantine by anna: new cable"));
}

TEST_F(Announcing, RemindsOfAQuestionWithItsWords) {
  Alert question;
  question.id = "2";
  question.prompt = 2;
  question.text = "Are the cables dry?";
  question.at = clock_.now().wall;
  campaign_.the_call_book.alerts = {question};

  EXPECT_THAT(texts(PromptReminded{.id = 2}),
              ElementsAre("question 2 still waits for an answer",
                          "  question 2 of 2026-11-21 00:00:00 +0000: Are the cables dry?"));
}

}  // namespace
}  // namespace fat
