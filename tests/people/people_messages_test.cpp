// Events -> what people read on chat.
#include "fat/people/people_messages.hpp"

#include <algorithm>

#include <gmock/gmock.h>

#include "people/message_text.hpp"
#include "people/sample_run.hpp"

namespace fat {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class Told : public testing::Test {
 protected:
  std::vector<Message> told(EventBody body) {
    return source_.messages(event_at(clock_.now(), std::move(body), "anna"), campaign_);
  }

  static AttemptKey gain() { return {.list = StepList::Main, .title = "gain", .attempt = 1}; }

  ManualClock clock_;
  ScriptedCampaign campaign_ = sample_run(clock_.now());
  PeopleMessages source_{"chiba",
                         {{.channel = "slack", .level = Urgency::Info},
                          {.channel = "mail", .level = Urgency::Critical}},
                         false};
};

TEST_F(Told, TheStartWithTimeRunModulesPortsAndSchedule) {
  const auto messages = told(SchedulerStarted{});

  ASSERT_THAT(messages, SizeIs(1));
  EXPECT_EQ(messages[0].run, 12);
  EXPECT_EQ(messages[0].at, clock_.now().wall);
  EXPECT_THAT(messages[0].text,
              AllOf(HasSubstr("Run 12 starts on chiba by anna, 2026-11-21 00:00:00 +0000"),
                    HasSubstr("6001: DEgg2021-3-133"),
                    HasSubstr("Condensed schedule (5 steps):"),
                    HasSubstr("[1] gain")));
}

TEST_F(Told, TheScheduleWithOneLineForABlockAndForStepsOfOneName) {
  Plan plan;
  for (const char* title :
       {"setup", "gain_0", "gain_1", "gain_2", "cool/01/mon", "cool/02/mon", "x"}) {
    plan.steps.emplace_back().title = title;
  }

  EXPECT_THAT(
      condensed_schedule(plan),
      ElementsAre(
          "  [0] setup", "  [1-3] gain_... (3 steps)", "  [4-5] cool/... (2 steps)", "  [6] x"));
}

TEST_F(Told, AStepOnceWhenItStartsAndAgainOnlyWhenItDoesNotEndWell) {
  AttemptStarted started;
  started.key = gain();
  ASSERT_THAT(told(started), SizeIs(1));
  EXPECT_EQ(told(started)[0].text, "[1] gain: started");

  AttemptEnded ended;
  ended.key = gain();
  ended.outcome = Outcome::Done;
  EXPECT_THAT(told(ended), IsEmpty());

  ended.outcome = Outcome::Errored;
  ended.reason = "exit status 3";
  ASSERT_THAT(told(ended), SizeIs(1));
  EXPECT_EQ(told(ended)[0].urgency, Urgency::Warning);
}

TEST_F(Told, AQuestionInOneMessageWithHowToAnswer) {
  const auto messages = told(PromptOpened{.prompt = cable_question(), .attempt = {}});

  ASSERT_THAT(messages, SizeIs(1));
  EXPECT_THAT(messages[0].text,
              AllOf(HasSubstr("Are the cables dry?"), HasSubstr("fatmaster answer 2 yes")));
}

TEST_F(Told, EveryoneWhenTheRunStandsAndWaits) {
  const auto messages = told(Paused{.failure = true, .step = "gain", .reason = "exit status 3"});

  ASSERT_THAT(messages, SizeIs(2));
  EXPECT_EQ(messages[0].urgency, Urgency::Critical);
  EXPECT_EQ(messages[1].channel, "mail");
}

TEST_F(Told, TheEndWithEveryModuleAndWhatToDoNext) {
  campaign_.the_summary.status = RunStatus::Stopped;
  campaign_.the_summary.verdicts_declared = true;
  campaign_.the_summary.modules = {{.serial = "DEgg2021-3-133",
                                    .verdict = Verdict::Failed,
                                    .steps_with_result = 3,
                                    .steps_planned = 4,
                                    .reason = "dark rate",
                                    .quarantine = {}}};

  const auto messages = told(RunEnded{.status = RunStatus::Stopped, .reason = {}});

  ASSERT_THAT(messages, SizeIs(2));
  EXPECT_THAT(messages[0].text,
              AllOf(HasSubstr("run 12 is stopped"),
                    HasSubstr("DEgg2021-3-133: failed, 3 of 4 steps (dark rate)"),
                    HasSubstr("fatmaster resume 12")));
  EXPECT_THAT(messages[0].text,
              AllOf(HasSubstr("\nended 2026-11-21 00:00:00 +0000"),
                    HasSubstr("\nreport: /station/runs/run_00012/report.html")));
}

TEST_F(Told, ThePicturesOfAStepWithWhereTheyAre) {
  AttemptReported report;
  report.key = gain();
  report.artifacts = {"a.png", "numbers.csv", "sub/b.SVG"};

  const auto messages = told(report);

  ASSERT_THAT(messages, SizeIs(1));
  EXPECT_EQ(messages[0].text, "[1] gain: 2 plots: a.png, sub/b.SVG");
  EXPECT_THAT(messages[0].files,
              ElementsAre("/station/runs/run_00012/steps/0001_gain/attempt_1/a.png",
                          "/station/runs/run_00012/steps/0001_gain/attempt_1/sub/b.SVG"));

  report.artifacts.assign(23, "c.png");
  ASSERT_THAT(told(report), SizeIs(3));
  EXPECT_THAT(told(report)[2].files, SizeIs(3));
}

TEST_F(Told, WhatAStepThatErroredSaidLast) {
  AttemptEnded ended;
  ended.key = gain();
  ended.outcome = Outcome::Errored;

  ASSERT_THAT(told(ended), SizeIs(1));
  EXPECT_THAT(told(ended)[0].files,
              ElementsAre("/station/runs/run_00012/steps/0001_gain/attempt_1/output.log"));

  ended.try_later = true;
  EXPECT_THAT(told(ended).front().files, IsEmpty());
}

TEST_F(Told, TheSameMeasurementOutOfLimitsAsTheSameFault) {
  AttemptReported report;
  report.key = gain();
  report.measurements = {{.module = "m",
                          .channel = "upper",
                          .name = "dark_rate",
                          .value = 3000,
                          .unit = "Hz",
                          .limits = {.max = 2600}}};
  const auto first = told(report);
  report.measurements[0].value = 3001;
  const auto second = told(report);

  ASSERT_THAT(first, SizeIs(1));
  EXPECT_EQ(first[0].fault, second[0].fault);
  EXPECT_THAT(first[0].fault, Not(IsEmpty()));
  EXPECT_NE(first[0].text, second[0].text);
}

/// A channel that everybody reads, one for each of three persons, and one for what is critical.
std::vector<MessageRoute> routes_to_people() {
  const std::map<std::string, std::string> mentions{
      {"anna", "<@U0ANNA>"}, {"ben", "<@U0BEN>"}, {"carla", "<@U0CARLA>"}};
  return {{.channel = "chat", .level = Urgency::Info, .is_read = true, .mentions = mentions},
          {.channel = "chat/anna", .level = Urgency::Warning, .person = "anna"},
          {.channel = "chat/ben", .level = Urgency::Warning, .person = "ben"},
          {.channel = "chat/carla", .level = Urgency::Warning, .person = "carla"},
          {.channel = "night", .level = Urgency::Critical}};
}

std::vector<std::string> channels_of(const std::vector<Message>& messages) {
  std::vector<std::string> channels;
  std::ranges::transform(messages, std::back_inserter(channels), &Message::channel);
  return channels;
}

TEST_F(Told, WhoeverIsOnShiftAndTheExpertDirectlyOfAWarning) {
  source_ = PeopleMessages{"chiba", routes_to_people(), false};
  campaign_.the_call_book.on_call = {.shifter = "carla", .expert = "ben"};

  const auto messages = told(Noted{.level = "warning", .text = "warm"});

  EXPECT_THAT(channels_of(messages), ElementsAre("chat", "chat/ben", "chat/carla"));
  EXPECT_EQ(messages[0].calls, "<@U0CARLA> <@U0BEN>");
  EXPECT_EQ(messages[1].calls, "");
  EXPECT_THAT(channels_of(told(Noted{.level = "info", .text = "warm"})), ElementsAre("chat"));
}

TEST_F(Told, TheNextPersonWhereverTheMessageWas) {
  source_ = PeopleMessages{"chiba", routes_to_people(), false};
  campaign_.the_call_book.on_call = {.shifter = "anna", .expert = "ben"};
  campaign_.the_call_book.alerts = {{.id = "c1", .text = "gain: it smokes"}};

  const auto messages = told(PersonCalled{.person = "carla", .alerts = {"c1"}});

  EXPECT_THAT(channels_of(messages), ElementsAre("chat", "chat/carla", "night"));
  EXPECT_EQ(messages[0].calls, "<@U0CARLA>");
  EXPECT_THAT(
      messages[0].text,
      AllOf(
          HasSubstr("carla is called"), HasSubstr("gain: it smokes"), HasSubstr("fatmaster ack")));
}

TEST_F(Told, AllWhoAreOnCallWhenTheRunEndedByItself) {
  source_ = PeopleMessages{"chiba", routes_to_people(), false};
  campaign_.the_call_book.on_call = {
      .shifter = "anna", .expert = "ben", .since = {}, .escalate = {"ben", "carla"}};

  const auto broken = told(RunEnded{.status = RunStatus::Broken, .reason = {}});
  EXPECT_THAT(channels_of(broken),
              ElementsAre("chat", "chat/anna", "chat/ben", "chat/carla", "night"));
  const auto stopped = told(RunEnded{.status = RunStatus::Stopped, .reason = {}});
  EXPECT_THAT(channels_of(stopped), ElementsAre("chat", "chat/anna", "chat/ben", "night"));
}

TEST_F(Told, TheNextShifterWhatHappened) {
  source_ = PeopleMessages{"chiba", routes_to_people(), false};

  const auto messages = told(ShiftTaken{
      .person = "carla", .before = "anna", .handed_over = true, .report = {"run 12 is running"}});

  EXPECT_THAT(channels_of(messages), ElementsAre("chat", "chat/carla"));
  EXPECT_THAT(messages[1].text,
              AllOf(HasSubstr("handed over from anna to carla"), HasSubstr("run 12 is running")));
}

TEST_F(Told, HowToAnswerOnAPhoneByWhenAndWhoIsNext) {
  source_ = PeopleMessages{"chiba", routes_to_people(), false};
  auto& book = campaign_.the_call_book;
  book.on_call = {.shifter = "anna", .expert = {}, .since = {}, .escalate = {"anna", "ben"}};
  book.alerts = {{.id = "2", .prompt = 2, .called = {"anna"}}};
  auto question = cable_question();
  question.deadline = std::chrono::hours{2};

  const auto messages = told(PromptOpened{.prompt = question, .attempt = {}});

  EXPECT_THAT(channels_of(messages), ElementsAre("chat", "chat/anna"));
  EXPECT_EQ(messages[0].about, "2");
  EXPECT_THAT(messages[0].text,
              AllOf(HasSubstr("write in this thread: yes or no"),
                    HasSubstr("by 2026-11-21 02:00:00"),
                    HasSubstr("ben is called at 2026-11-21 00:15:00")));
}

TEST_F(Told, WhoeverWroteSomethingThatWasNotTakenWhereItWasWritten) {
  source_ = PeopleMessages{"chiba", routes_to_people(), false};
  ReplyRead read{.channel = "chat", .ts = "1.000001", .taken = false, .text = "expected yes or no"};

  EXPECT_THAT(channels_of(told(read)), ElementsAre("chat"));
  read.taken = true;  // what it did says so itself
  EXPECT_THAT(told(read), IsEmpty());
}

TEST_F(Told, VirtualInEveryMessageOfAVirtualRun) {
  source_ = PeopleMessages{"chiba", {{.channel = "slack"}}, true};

  EXPECT_THAT(told(SchedulerStarted{})[0].text, testing::StartsWith("VIRTUAL"));
  EXPECT_EQ(told(Noted{.level = "info", .text = "warm"})[0].text, "VIRTUAL  warm");
}

TEST_F(Told, NothingWhereNobodyIsToBeTold) {
  source_ = PeopleMessages{"chiba", {}, false};

  EXPECT_THAT(told(SchedulerStarted{}), IsEmpty());
  EXPECT_EQ(campaign_.summaries_asked, 0);
}

}  // namespace
}  // namespace fat
