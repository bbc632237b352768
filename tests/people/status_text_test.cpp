// Summary -> the words of `status` and `why`.
#include "fat/people/status_text.hpp"

#include <chrono>

#include <gmock/gmock.h>

#include "people/sample_run.hpp"

namespace fat {
namespace {

using testing::HasSubstr;

class StatusText : public testing::Test {
 protected:
  std::string status() const { return '\n' + status_text(summary_, clock_.now(), 80); }

  std::string why() const { return '\n' + why_text(summary_, clock_.now(), 80); }

  void wait_for_an_answer() {
    summary_.status = RunStatus::Waiting;
    summary_.why = "waits for an answer to prompt 2";
    summary_.open.clear();
    summary_.prompts = {cable_question()};
  }

  ManualClock clock_;
  RunSummary summary_ = sample_run(clock_.now()).the_summary;
};

TEST_F(StatusText, SaysWhatRunsWhatComesAndWhoIsNeeded) {
  summary_.pending = {"pause after this step"};

  EXPECT_EQ(status(), R"(
run 12 is RUNNING
schedule /station/schedules/cold.ini
steps:   1 done, 4 not run of 5, after 10 min
now:     [1] gain, for 5 min, 25 %: PMT 7 of 32
pending: pause after this step
next:    [2] note
person:  needed for [3] check cables
)");
}

TEST_F(StatusText, ShowsTheOpenQuestionAndWhatToType) {
  wait_for_an_answer();
  summary_.virtual_station = true;

  EXPECT_EQ(status(), R"(
run 12 is WAITING on the VIRTUAL station
schedule /station/schedules/cold.ini
steps:   1 done, 4 not run of 5, after 10 min
why:     waits for an answer to prompt 2
question 2 (check cables): Are the cables dry?
next:    [1] gain
person:  needed for [3] check cables
type:    fatmaster answer 2 yes   (yes or no)  answers question 2
)");
}

TEST_F(StatusText, SaysWhenTheRunEndsAndAPersonIsNeeded) {
  const auto in = [&](int likely) {
    const auto when = clock_.now().wall + std::chrono::minutes{likely};
    return TimeRange{when - std::chrono::minutes{5}, when, when + std::chrono::minutes{9}};
  };
  summary_.eta = Eta{.asked = clock_.now().wall,
                     .end = in(70),
                     .next_person = HumanAction{"check cables", "Dry?", in(40)},
                     .then_person = {},
                     .questions_ahead = 1,
                     .estimated_steps = 0,
                     .guessed_steps = 2};

  EXPECT_THAT(status(),
              HasSubstr("\nperson:  needed for [3] check cables in about 40 min, 2026-11-21 00:40 "
                        "(00:35 to\n00:49)\n"));
  EXPECT_THAT(status(),
              HasSubstr("\nend:     expected in about 1 h 10 min, 2026-11-21 01:10 (01:05 to "
                        "01:19)\nplus the time until 1 question is answered; 2 steps never ran "
                        "here: guessed, 10\nmin each\n"));
}

TEST_F(StatusText, SaysWhyTheRunDoesNotGoOn) {
  wait_for_an_answer();

  EXPECT_EQ(why(), R"(
run 12 is WAITING and does not go on by itself.
waits for an answer to prompt 2
question 2 (check cables): Are the cables dry?
type:    fatmaster answer 2 yes   (yes or no)  answers question 2
)");
}

TEST_F(StatusText, SaysThatARunningRunGoesOnAndWithWhat) {
  EXPECT_EQ(why(), R"(
run 12 is RUNNING: it goes on.
now:     [1] gain, for 5 min, 25 %: PMT 7 of 32
)");
}

TEST_F(StatusText, TellsWhatToTypeAfterAStop) {
  summary_.status = RunStatus::Stopped;
  summary_.why = "stopped: leak";
  summary_.open.clear();

  EXPECT_THAT(why(), HasSubstr("type:    fatmaster resume 12  goes on"));
}

TEST_F(StatusText, SaysWhatStandsBeforeAStep) {
  EXPECT_EQ('\n' + why_text(summary_, summary_.steps[3], 80), R"(
[3] check cables of run 12: pending
before it: 1 step, next [2] note
)");
}

TEST_F(StatusText, StaysShortHoweverMuchIsOpen) {
  wait_for_an_answer();
  summary_.why = std::string(2000, 'w');
  for (int i = 3; i < 30; ++i) {
    summary_.prompts.push_back(cable_question());
    summary_.prompts.back().id = i;
    summary_.prompts.back().text = std::string(500, 'q');
    summary_.open.emplace_back();
  }

  const auto text = status();

  EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 20);
}

TEST_F(StatusText, SaysHowMuchOfAWaitIsLeft) {
  summary_.open[0].remaining = std::chrono::minutes{3};

  EXPECT_THAT(status(), HasSubstr("\nnow:     [1] gain, waits, 3 min left\n"));
}

TEST_F(StatusText, SaysWhoIsOnShiftAndWhoIsCalledWhenNobodyActs) {
  const auto at = clock_.now().wall;
  summary_.on_call.shifter = "anna";
  summary_.on_call.since = at;
  summary_.alerts = {
      {.id = "c1", .text = "the freezer is warm", .since = at, .next = "ben", .next_at = at},
      {.id = "c2", .text = "the laser is on", .since = at}};

  const auto text = status();

  EXPECT_THAT(text, HasSubstr("\nshift:   anna, since 2026-11-21 00:00:00 +0000\n"));
  EXPECT_THAT(text,
              HasSubstr("\nmessage c1: the freezer is warm\n"
                        "         ben is called at 2026-11-21 00:00:00 +0000\n"
                        "         `fatmaster ack` says that you see to it\n"
                        "message c2: the laser is on\n"
                        "         `fatmaster ack` says that you see to it\n"));

  summary_.alerts = {{.id = "c3", .text = "the door is open", .since = at, .acknowledged = "anna"}};
  EXPECT_THAT(status(), HasSubstr("\nmessage c3: the door is open\n         anna has seen it\n"));
}

TEST_F(StatusText, ExplainsACompletedRunByItsCounts) {
  summary_.status = RunStatus::Completed;
  summary_.open.clear();

  EXPECT_EQ(why(), "\nrun 12 is COMPLETED: 1 done, 4 not run.\n");
}

TEST_F(StatusText, ExplainsAStepByItsQuestionAndByTheRunThatDoesNotGoOn) {
  wait_for_an_answer();
  summary_.pending = {"pause after this step"};
  EXPECT_THAT(why(), HasSubstr("\npending: pause after this step\n"));
  EXPECT_THAT(why_text(summary_, summary_.steps[3], 80),
              HasSubstr("\nquestion 2: Are the cables dry?\n"));

  summary_.status = RunStatus::Stopped;
  summary_.why = "stopped: leak";
  const auto text = why_text(summary_, summary_.steps[1], 80);

  EXPECT_THAT(text, HasSubstr("type:    fatmaster show gain\n"));
  EXPECT_THAT(text, HasSubstr("the run itself is stopped: stopped: leak\n"));
  EXPECT_THAT(text, HasSubstr("fatmaster resume 12"));
}

}  // namespace
}  // namespace fat
