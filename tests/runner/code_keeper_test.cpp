// What is decided -> the same with the code of each attempt; what is strict about it.
#include "runner/code_keeper.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/scripted_campaign.hpp"
#include "fakes/scripted_code.hpp"

namespace fat {

namespace {

using testing::IsEmpty;
using testing::SizeIs;

class CodeKeeper : public testing::Test {
 protected:
  CodeKeeper() {
    Step step;
    step.title = "gain";
    step.command = "tools/gain.sh";
    campaign_.the_plan.steps = {step};
    campaign_.the_summary.status = RunStatus::Running;
    code_.codes["tools/gain.sh"] = "one";
  }

  std::vector<EventBody> start() {
    AttemptStarted started;
    started.key.title = "gain";
    return with_code(
        {started}, campaign_, &code_, [this](const auto& text) { alarms_.push_back(text); });
  }

  ScriptedCampaign campaign_;
  ScriptedCode code_;
  std::vector<std::string> alarms_;
};

TEST_F(CodeKeeper, WhatIsSeenForTheFirstTimeIsToldBeforeTheAttempt) {
  const auto events = start();

  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(std::get<CodeSeen>(events[0]).units[0].code, "one");
  EXPECT_EQ(std::get<AttemptStarted>(events[1]).code, "one");
}

TEST_F(CodeKeeper, WhatIsKnownIsNotToldAgain) {
  start();

  const auto events = start();

  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(std::get<AttemptStarted>(events[0]).code, "one");
}

TEST_F(CodeKeeper, ChangedCodeIsRecordedAndRuns) {
  start();
  code_.codes["tools/gain.sh"] = "two";

  const auto events = start();

  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(std::get<AttemptStarted>(events[1]).code, "two");
}

TEST_F(CodeKeeper, StrictCodePausesInPlaceOfTheStartOnce) {
  campaign_.the_plan.strict_code = true;
  start();
  code_.codes["tools/gain.sh"] = "two";

  const auto events = start();

  ASSERT_THAT(events, SizeIs(2));
  EXPECT_TRUE(std::holds_alternative<CodeSeen>(events[0]));
  EXPECT_THAT(std::get<PauseRequested>(events[1]).reason, testing::HasSubstr("'gain' has changed"));
  EXPECT_TRUE(std::holds_alternative<AttemptStarted>(start()[0]));
}

TEST_F(CodeKeeper, WhatCannotBeFoundOutIsSaidAndTheStepRuns) {
  code_.codes.clear();
  code_.trouble = "the files did not answer";

  const auto events = start();

  ASSERT_THAT(events, SizeIs(1));
  EXPECT_THAT(std::get<AttemptStarted>(events[0]).code, IsEmpty());
  EXPECT_THAT(alarms_, testing::ElementsAre("the files did not answer"));
}

}  // namespace

}  // namespace fat
