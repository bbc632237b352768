// When the run JSON is rewritten, and when it must not be.
#include "runner/record_keeper.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/manual_clock.hpp"
#include "fakes/recording_run_record.hpp"
#include "fakes/scripted_campaign.hpp"

namespace fat {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

class Keep : public testing::Test {
 protected:
  Keep() {
    campaign_.the_summary.status = RunStatus::Running;
    for (const auto* title : {"a", "b"}) {
      Step step;
      step.title = title;
      campaign_.the_plan.steps.push_back(step);
    }
  }

  void opens(const std::string& title, StepKind kind = StepKind::Command) {
    OpenAttempt attempt;
    attempt.key = {.list = StepList::Main, .title = title, .attempt = 1};
    attempt.kind = kind;
    campaign_.the_summary.open.push_back(attempt);
  }

  void ends() {
    AttemptEnded end;
    end.key = campaign_.the_summary.open.back().key;
    campaign_.the_summary.open.pop_back();
    keeper_.note(end);
  }

  std::optional<Microseconds> consider() {
    return keeper_.consider(
        campaign_, clock_.now(), [this](const std::string& text) { alarms_.push_back(text); });
  }

  /// A view that was just written, and a step that runs.
  void begin(StepKind kind = StepKind::Command) {
    keeper_.touch();
    consider();
    opens("a", kind);
    consider();
    record_.written.clear();
  }

  RecordingRunRecord record_;
  ScriptedCampaign campaign_;
  ManualClock clock_;
  RecordKeeper keeper_{record_, 5s};
  std::vector<std::string> alarms_;
};

TEST_F(Keep, WritesNothingWhenNothingChanged) {
  EXPECT_EQ(consider(), std::nullopt);

  EXPECT_EQ(record_.written.size(), 0U);
}

TEST_F(Keep, WritesAtOnceWhenNothingRuns) {
  begin();

  ends();

  EXPECT_EQ(consider(), std::nullopt);
  EXPECT_EQ(record_.written.size(), 1U);
}

TEST_F(Keep, WritesAtOnceWhenTheRunWaitsForAPersonOrATimer) {
  for (const auto kind : {StepKind::Wait, StepKind::Prompt}) {
    begin();
    ends();
    opens("b", kind);

    EXPECT_EQ(consider(), std::nullopt);
    EXPECT_EQ(record_.written.size(), 1U);
    campaign_.the_summary.open.clear();
  }
}

TEST_F(Keep, CoalescesWhileStepsFollowEachOther) {
  begin();
  clock_.advance(1s);
  ends();
  opens("b");

  EXPECT_EQ(consider(), 4s);
  EXPECT_EQ(record_.written.size(), 0U);

  clock_.advance(4s);

  EXPECT_EQ(consider(), std::nullopt);
  EXPECT_EQ(record_.written.size(), 1U);
}

TEST_F(Keep, WritesBetweenTwoPythonStepsBeforeTheSecondStarts) {
  begin(StepKind::Python);
  clock_.advance(1min);
  ends();
  opens("b", StepKind::Python);

  consider();

  EXPECT_EQ(record_.written.size(), 1U);
}

TEST_F(Keep, NeverWritesWhileAPythonStepLives) {
  begin(StepKind::Python);
  clock_.advance(1min);

  keeper_.touch();

  EXPECT_EQ(consider(), std::nullopt);
  EXPECT_EQ(record_.written.size(), 0U);
}

TEST_F(Keep, NeverWritesWhileAnAdoptedPythonStepLives) {
  opens("a", StepKind::Python);
  campaign_.the_summary.open.back().adopted = true;
  keeper_.touch();

  consider();

  EXPECT_EQ(record_.written.size(), 0U);
}

TEST_F(Keep, NeverWritesWhileAPythonStepLivesThatCouldNotBeEnded) {
  opens("a", StepKind::Python);
  keeper_.found_alive(campaign_.the_summary.open);
  keeper_.touch();

  consider();

  EXPECT_EQ(record_.written.size(), 0U);
}

TEST_F(Keep, WritesBesideAPythonStepThatClaimsOtherThings) {
  begin(StepKind::Python);
  campaign_.the_summary.open.back().needs = {"freezer", "run_json:shared"};
  clock_.advance(1min);

  keeper_.touch();
  consider();

  EXPECT_EQ(record_.written.size(), 1U);
}

TEST_F(Keep, NeverWritesWhileAStepLivesThatClaimsTheRunJson) {
  begin(StepKind::Python);
  campaign_.the_summary.open.back().needs = {"freezer", "run_json"};
  clock_.advance(1min);

  keeper_.touch();
  consider();

  EXPECT_EQ(record_.written.size(), 0U);
}

TEST_F(Keep, WritesAtOnceWhenTheRunHasEnded) {
  begin();
  keeper_.note(RunEnded{});
  campaign_.the_summary.status = RunStatus::Aborted;  // the step survives

  consider();

  EXPECT_EQ(record_.written.size(), 1U);
}

TEST_F(Keep, IsNotWokenByProgress) {
  begin();
  keeper_.note(AttemptReported{});
  keeper_.note(Noted{});

  consider();

  EXPECT_EQ(record_.written.size(), 0U);
}

TEST_F(Keep, TellsTroubleOnceAndTriesAgain) {
  record_.refuses = true;
  keeper_.touch();

  EXPECT_EQ(consider(), 10s);
  clock_.advance(3s);
  EXPECT_EQ(consider(), 7s);
  EXPECT_EQ(record_.refused, 1);
  clock_.advance(7s);
  EXPECT_EQ(consider(), 10s);

  EXPECT_EQ(record_.refused, 2);
  EXPECT_THAT(alarms_, ElementsAre(HasSubstr("could not be written (no space left)")));
}

TEST_F(Keep, TriesAgainAtOnceWhenTheRunHasEndedForNobodyComesBack) {
  int refusals = 0;
  record_.on_write = [&] { record_.refuses = ++refusals <= 1; };
  keeper_.note(RunEnded{});
  campaign_.the_summary.status = RunStatus::Completed;

  EXPECT_EQ(consider(), std::nullopt);

  EXPECT_EQ(record_.written.size(), 1U);
}

TEST_F(Keep, SaysWhenTheTroubleIsOver) {
  record_.refuses = true;
  keeper_.touch();
  consider();
  record_.refuses = false;
  clock_.advance(10s);

  EXPECT_EQ(consider(), std::nullopt);

  EXPECT_EQ(record_.written.size(), 1U);
  ASSERT_EQ(alarms_.size(), 2U);
  EXPECT_THAT(alarms_[1], HasSubstr("written again"));
}

TEST_F(Keep, PassesOnWhatTheFileSays) {
  record_.warnings = {"run JSON damaged; kept aside"};
  keeper_.touch();

  consider();

  EXPECT_THAT(alarms_, ElementsAre("run JSON damaged; kept aside"));
}

}  // namespace
}  // namespace fat
