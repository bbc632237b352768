// Events and keys on a pseudo-terminal -> what a person sees, and the answers that reach the run.
#include "fat/people/live_view.hpp"

#include <chrono>
#include <csignal>

#include <gmock/gmock.h>

#include "people/sample_run.hpp"
#include "people/virtual_terminal.hpp"

namespace fat {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class Viewing : public testing::Test {
 protected:
  LiveViewOptions options() {
    LiveViewOptions options;
    options.input = terminal_.fd();
    options.output = terminal_.fd();
    options.answer = [this](const TypedAnswer& answer) {
      answers_.push_back(std::to_string(answer.prompt) + ' ' + answer.value + ' ' + answer.reason);
      campaign_.the_summary.prompts.clear();
      return std::string{"question 2 is answered"};
    };
    return options;
  }

  void note(LiveView& view, const std::string& text) {
    view.happened({event_at(clock_.now(), Noted{"info", text})}, campaign_, clock_.now());
  }

  void open_question(LiveView& view, Prompt prompt = cable_question()) {
    campaign_.the_summary.prompts = {prompt};
    view.happened({event_at(clock_.now(), PromptOpened{std::move(prompt), std::nullopt})},
                  campaign_,
                  clock_.now());
  }

  void type(LiveView& view, std::string_view keys) {
    terminal_.type(keys);
    view.on_input(campaign_, clock_.now());
  }

  VirtualTerminal terminal_;
  ManualClock clock_;
  ScriptedCampaign campaign_ = sample_run(clock_.now());
  std::vector<std::string> answers_;
};

TEST_F(Viewing, ScrollsTheLogAboveTheBlock) {
  LiveView view{options()};
  note(view, "first");
  clock_.advance(seconds{1});
  note(view, "second");

  EXPECT_EQ('\n' + terminal_.picture(), R"(
2026-11-21 00:00:00 +0000  first
2026-11-21 00:00:01 +0000  second
-------------------------------------------------------------------------------
run 12 RUNNING  1 of 5 steps done, 10 min 1 s
[1] gain  [#####...............]  25 %, 5 min 1 s
    PMT 7 of 32
next: [2] note, [3] check cables, [4] wait
a person is needed for [3] check cables
keys: ? what can be done, Ctrl-C stop after this step
)");
}

TEST_F(Viewing, DrawsAgainAfterASecondNotBefore) {
  LiveView view{options()};
  note(view, "first");
  const int before = campaign_.summaries_asked;
  clock_.advance(milliseconds{900});
  view.tick(campaign_, clock_.now());
  EXPECT_EQ(campaign_.summaries_asked, before);

  clock_.advance(milliseconds{100});
  view.tick(campaign_, clock_.now());

  EXPECT_EQ(campaign_.summaries_asked, before + 1);
  EXPECT_THAT(terminal_.picture(), HasSubstr("10 min 1 s"));
}

TEST_F(Viewing, DrawsTheBlockOfARunThatChangesQuicklyAtMostTenTimesASecond) {
  LiveView view{options()};
  note(view, "first");
  const int before = campaign_.summaries_asked;

  for (int i = 0; i < 100; ++i) {
    note(view, "line");
  }

  EXPECT_EQ(campaign_.summaries_asked, before);
  EXPECT_THAT(terminal_.picture(), HasSubstr("line\n---"));
}

TEST_F(Viewing, GivesATypedAnswerToTheRunAndShowsItsReply) {
  LiveView view{options()};
  open_question(view);
  type(view, "yex\x7Fs");
  EXPECT_THAT(terminal_.picture(), HasSubstr("\nyes or no> yes\n"));
  EXPECT_THAT(answers_, IsEmpty());

  type(view, "\r");

  EXPECT_THAT(answers_, ElementsAre("2 yes "));
  EXPECT_THAT(terminal_.picture(), HasSubstr("\nquestion 2 is answered\n"));
  EXPECT_THAT(terminal_.picture(), Not(HasSubstr("yes or no>")));
}

TEST_F(Viewing, AsksWhyWhenTheAnswerIsNo) {
  LiveView view{options()};
  open_question(view);
  type(view, "n\r");
  EXPECT_THAT(terminal_.picture(), HasSubstr("\nno, because>\n"));
  type(view, "\r");
  EXPECT_THAT(terminal_.picture(), HasSubstr("a reason is needed"));

  type(view, "water\r");

  EXPECT_THAT(answers_, ElementsAre("2 no water"));
}

TEST_F(Viewing, GoesBackFromAnEmptyReasonToTheAnswer) {
  LiveView view{options()};
  open_question(view);

  type(view, "n\r\x7Fy\r");

  EXPECT_THAT(answers_, ElementsAre("2 yes "));
}

TEST_F(Viewing, SaysWhatWouldBeAnAnswer) {
  LiveView view{options()};
  open_question(view);

  type(view, "maybe\r");

  EXPECT_THAT(answers_, IsEmpty());
  EXPECT_THAT(terminal_.picture(), HasSubstr("'maybe' is no answer: yes or no"));
}

TEST_F(Viewing, TakesNothingTypedBeforeTheQuestionAsItsAnswer) {
  LiveView view{options()};
  note(view, "first");
  terminal_.type("yes\r");
  open_question(view);
  view.on_input(campaign_, clock_.now());

  EXPECT_THAT(answers_, IsEmpty());
}

TEST_F(Viewing, TakesNothingTypedForOneQuestionAsTheAnswerToTheNext) {
  LiveView view{options()};
  open_question(view);
  type(view, "ye");
  Prompt next = cable_question();
  next.id = 3;
  open_question(view, next);

  type(view, "\r");

  EXPECT_THAT(answers_, IsEmpty());
  EXPECT_THAT(terminal_.picture(), HasSubstr("an empty line is no answer"));
}

TEST_F(Viewing, IgnoresKeysWithoutAQuestionButForHelp) {
  LiveView view{options()};
  note(view, "first");

  type(view, "yes\rq?");

  EXPECT_THAT(answers_, IsEmpty());
  EXPECT_THAT(terminal_.picture(), HasSubstr("fatmaster pause | continue | stop"));
}

TEST_F(Viewing, RemovesTheBlockAndGivesTheTerminalBackAtItsEnd) {
  {
    LiveView view{options()};
    EXPECT_FALSE(terminal_.echoes());
    note(view, "first");
  }
  EXPECT_TRUE(terminal_.echoes());
  EXPECT_EQ(terminal_.picture(), "2026-11-21 00:00:00 +0000  first\n");
}

TEST_F(Viewing, AdaptsToAResizedTerminal) {
  LiveView view{options()};
  note(view, "first");
  terminal_.resize(40, 4);
  clock_.advance(seconds{1});
  view.tick(campaign_, clock_.now());

  EXPECT_EQ('\n' + terminal_.picture(), R"(
2026-11-21 00:00:00 +0000  first
run 12 RUNNING  1 of 5 steps done, 1...
[1] gain  25 %, 5 min 1 s
a person is needed for [3] check cables
)");
}

TEST_F(Viewing, ShowsAnAlarmAboveTheBlockUntilItIsClosed) {
  LiveView view{options()};
  note(view, "first");

  view.alarm("no step begins: \x1b[2Jnobody watches", clock_.now());
  EXPECT_THAT(terminal_.picture(),
              testing::AllOf(HasSubstr("CRITICAL no step begins: "), HasSubstr("run 12 RUNNING")));
  EXPECT_THAT(terminal_.picture(), HasSubstr("first"));

  view.close();
  view.alarm("later", clock_.now());
  EXPECT_THAT(terminal_.picture(), Not(HasSubstr("later")));
}

TEST_F(Viewing, FallsSilentWhenTheTerminalVanishes) {
  std::signal(SIGPIPE, SIG_IGN);
  LiveView view{options()};
  open_question(view);
  terminal_.hang_up();

  view.on_input(campaign_, clock_.now());
  note(view, "nobody reads this");
  view.alarm("nor this", clock_.now());
  clock_.advance(seconds{2});
  view.tick(campaign_, clock_.now());

  EXPECT_EQ(view.input_fd(), -1);
}

TEST_F(Viewing, IsNotHeldUpByATerminalThatTakesNothing) {
  LiveView view{options()};
  const std::string line(400, 'x');

  for (int i = 0; i < 3000; ++i) {  // nobody reads: a pseudo-terminal holds some KiB
    note(view, line);
  }
  terminal_.picture();
  view.tick(campaign_, clock_.now());
  for (int i = 0; i < 100; ++i) {
    terminal_.picture();
    clock_.advance(seconds{1});
    view.tick(campaign_, clock_.now());
  }
  note(view, "there again");

  EXPECT_THAT(terminal_.picture(), HasSubstr("lines not shown here; the log has them)"));
  EXPECT_THAT(terminal_.picture(), HasSubstr("there again"));
}

TEST_F(Viewing, SaysVirtualInEveryLineOfAVirtualRun) {
  campaign_.the_summary.virtual_station = true;
  LiveView view{options()};
  note(view, "first");

  EXPECT_THAT(terminal_.picture(), StartsWith("2026-11-21 00:00:00 +0000  VIRTUAL  first\n"));
}

}  // namespace
}  // namespace fat
