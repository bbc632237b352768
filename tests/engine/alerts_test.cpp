// Who is called, in which order and when; and who stops it.
#include <gmock/gmock.h>

#include "fakes/manual_clock.hpp"
#include "fat/engine/run_campaign.hpp"

namespace fat {
namespace {

using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A run that is asked something, driven by hand.
class AlertsOfARun : public testing::Test {
 protected:
  AlertsOfARun() { start(StartMode::Run); }

  static Plan plan() {
    Plan plan;
    plan.run_number = 1;
    plan.steps.emplace_back().title = "gain";
    return plan;
  }

  void start(StartMode mode) {
    if (events_.empty()) {
      happens(RunOpened{});
      happens(PlanAdopted{});
    }
    SchedulerStarted started{.mode = mode};
    started.on_call = {.shifter = "anna",
                       .expert = "ben",
                       .since = {},
                       .escalate = {"anna", "ben", "carla", "dora"},
                       .escalate_after = minutes{15}};
    happens(started);
  }

  void happens(EventBody body, const std::string& who = kProgram) {
    events_.push_back({.run = 1, .at = clock_.now(), .who = who, .body = std::move(body)});
    campaign_.apply(events_.back());
  }

  /// Makes what is decided happen; the persons called by it.
  std::vector<std::string> settle() {
    std::vector<std::string> called;
    for (auto decision = campaign_.decide(clock_.now()); !decision.events.empty();
         decision = campaign_.decide(clock_.now())) {
      for (auto& body : decision.events) {
        if (const auto* call = std::get_if<PersonCalled>(&body)) {
          called.push_back(call->person);
        }
        reminded_ += std::holds_alternative<PromptReminded>(body) ? 1 : 0;
        happens(std::move(body));
      }
    }
    return called;
  }

  std::vector<std::string> after(Microseconds time) {
    clock_.advance(time);
    return settle();
  }

  void ask(Prompt prompt) {
    settle();
    prompt.id = campaign_.state().last_prompt + 1;
    prompt.purpose = PromptPurpose::StepQuestion;
    happens(PromptOpened{std::move(prompt), campaign_.state().open.front().start.key});
  }

  void cry(const std::string& text) {
    settle();
    AttemptReported report{.key = campaign_.state().open.front().start.key};
    report.messages = {{"critical", text}};
    happens(report);
  }

  VerbReply say(VerbKind kind, const std::string& value = {}) {
    auto reply = campaign_.request({.kind = kind, .who = "ben", .value = value, .reason = "r"},
                                   clock_.now());
    for (auto& body : reply.events) {
      happens(std::move(body), "ben");
    }
    return reply;
  }

  /// As the next scheduler finds it.
  void forget_everything() {
    campaign_ = RunCampaign{plan()};
    for (const auto& event : events_) {
      campaign_.apply(event);
    }
  }

  ManualClock clock_;
  RunCampaign campaign_{plan()};
  std::vector<Event> events_;
  int reminded_ = 0;
};

TEST_F(AlertsOfARun, CallTheNextPersonUntilEverybodyWasTold) {
  ask({.text = "Is it shut?"});

  EXPECT_THAT(after(minutes{14}), IsEmpty());
  EXPECT_THAT(after(minutes{1}), ElementsAre("carla"));  // anna and ben were told at once
  EXPECT_THAT(after(minutes{14}), IsEmpty());
  EXPECT_THAT(after(minutes{1}), ElementsAre("dora"));
  EXPECT_THAT(after(minutes{600}), IsEmpty());
}

TEST_F(AlertsOfARun, AreAskedForAgainAtTheRightMoment) {
  ask({.text = "Is it shut?"});

  EXPECT_EQ(campaign_.decide(clock_.now()).wake_after, minutes{15});
}

TEST_F(AlertsOfARun, CallNobodyElseOnceSomebodyHasSeenThem) {
  ask({.text = "Is it shut?"});
  cry("it smokes");

  EXPECT_THAT(say(VerbKind::Acknowledge).text, HasSubstr("acknowledged: 1, c1"));
  EXPECT_THAT(say(VerbKind::Acknowledge).events, IsEmpty());
  EXPECT_THAT(after(minutes{600}), IsEmpty());
  ASSERT_EQ(campaign_.call_book().alerts.size(), 1U);  // the question still wants its answer
  EXPECT_EQ(campaign_.call_book().alerts[0].acknowledged, "ben");
}

TEST_F(AlertsOfARun, CallForWhatIsNotedAsCriticalToo) {
  settle();
  happens(Noted{.level = "info", .text = "all is well"});
  EXPECT_THAT(campaign_.call_book().alerts, IsEmpty());

  happens(Noted{.level = "critical", .text = "the disk is full"});

  EXPECT_EQ(campaign_.call_book().alerts.size(), 1U);
  EXPECT_THAT(after(minutes{15}), ElementsAre("carla"));
}

TEST_F(AlertsOfARun, AreAcknowledgedByAnAnswer) {
  ask({.text = "Is it shut?"});

  EXPECT_TRUE(say(VerbKind::Answer, "yes").accepted);

  EXPECT_THAT(after(minutes{600}), IsEmpty());
  EXPECT_THAT(campaign_.call_book().alerts, IsEmpty());
}

TEST_F(AlertsOfARun, AreAcknowledgedOneByOne) {
  cry("it smokes");
  cry("it burns");

  EXPECT_TRUE(say(VerbKind::Acknowledge, "c2").accepted);
  EXPECT_EQ(say(VerbKind::Acknowledge, "c2").events.size(), 0U);
  EXPECT_FALSE(say(VerbKind::Acknowledge, "c9").accepted);
  EXPECT_THAT(say(VerbKind::Acknowledge, "c9").text, HasSubstr("open are c1"));
  EXPECT_THAT(after(minutes{15}), ElementsAre("carla"));
}

TEST_F(AlertsOfARun, AreToldOnceWhileTheSameIsOpen) {
  cry("it smokes");
  cry("it smokes");

  EXPECT_EQ(campaign_.call_book().alerts.size(), 1U);
}

TEST_F(AlertsOfARun, SurviveTheDeathOfTheScheduler) {
  ask({.text = "Is it shut?"});
  EXPECT_THAT(after(minutes{15}), ElementsAre("carla"));

  clock_.advance(minutes{10});
  forget_everything();
  start(StartMode::Restart);

  EXPECT_THAT(settle(), IsEmpty());
  EXPECT_THAT(after(minutes{5}), ElementsAre("dora"));
}

TEST_F(AlertsOfARun, DoNotCallEverybodyAtOnceAfterALongDowntime) {
  ask({.text = "Is it shut?"});
  clock_.advance(minutes{600});
  forget_everything();
  start(StartMode::Restart);

  EXPECT_THAT(settle(), ElementsAre("carla"));
  EXPECT_THAT(after(minutes{15}), ElementsAre("dora"));
}

TEST_F(AlertsOfARun, CallThoseThatTheQuestionNames) {
  ask({.text = "Is it shut?", .escalate_to = {"eva", "anna"}});

  EXPECT_THAT(after(minutes{15}), ElementsAre("eva"));
  EXPECT_THAT(after(minutes{600}), IsEmpty());
}

TEST_F(AlertsOfARun, RemindOfAQuestionUntilItIsAnswered) {
  ask({.text = "Is it shut?", .remind_every = minutes{5}});

  after(minutes{4});
  EXPECT_EQ(reminded_, 0);
  after(minutes{1});
  EXPECT_EQ(reminded_, 1);
  forget_everything();
  after(minutes{5});
  EXPECT_EQ(reminded_, 2);
  say(VerbKind::Acknowledge);
  after(minutes{5});
  EXPECT_EQ(reminded_, 3);  // somebody sees to it, and the run still waits
  say(VerbKind::Answer, "yes");
  after(minutes{60});
  EXPECT_EQ(reminded_, 3);
}

TEST_F(AlertsOfARun, AreTakenOverWithTheShift) {
  ask({.text = "Is it shut?"});

  EXPECT_THAT(say(VerbKind::Shift, "carla").text, HasSubstr("carla acts at this station"));
  EXPECT_EQ(say(VerbKind::Shift, "carla").events.size(), 0U);

  EXPECT_EQ(campaign_.call_book().on_call.shifter, "carla");
  EXPECT_THAT(after(minutes{15}), ElementsAre("dora"));
}

TEST_F(AlertsOfARun, AreNotHeldUpByAStepNorHoldOneUp) {
  cry("it smokes");
  clock_.advance(minutes{15});

  AttemptEnded end{.key = campaign_.state().open.front().start.key, .outcome = Outcome::Done};
  happens(end);
  const auto called = settle();

  EXPECT_THAT(called, ElementsAre("carla"));
  EXPECT_EQ(campaign_.status(), RunStatus::Completed);
  EXPECT_THAT(campaign_.call_book().alerts, IsEmpty());
}

TEST_F(AlertsOfARun, AreNeverActedOnTwiceByOneMessageOfAChat) {
  ask({.text = "Is it shut?"});
  Verb verb{.kind = VerbKind::Answer, .who = "anna at slack", .value = "maybe"};
  verb.reply = ChatReply{.channel = "chat", .ts = "1503435956.000247", .why_not = {}};

  auto refused = campaign_.request(verb, clock_.now());
  ASSERT_EQ(refused.events.size(), 1U);
  EXPECT_FALSE(std::get<ReplyRead>(refused.events[0]).taken);
  EXPECT_THAT(std::get<ReplyRead>(refused.events[0]).text, HasSubstr("expected yes or no"));
  happens(refused.events[0], verb.who);
  forget_everything();

  verb.value = "yes";
  EXPECT_THAT(campaign_.request(verb, clock_.now()).events, IsEmpty());
  verb.reply->ts = "1503435957.000001";
  const auto taken = campaign_.request(verb, clock_.now());
  ASSERT_EQ(taken.events.size(), 2U);
  EXPECT_TRUE(std::get<ReplyRead>(taken.events[0]).taken);
  EXPECT_EQ(std::get<PromptAnswered>(taken.events[1]).value, "yes");
}

}  // namespace
}  // namespace fat
