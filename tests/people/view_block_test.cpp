// Summary -> the block below the log, line by line.
#include "people/view_block.hpp"

#include <chrono>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include "people/columns.hpp"
#include "people/sample_run.hpp"

namespace fat {
namespace {

using std::chrono::minutes;
using testing::Each;
using testing::HasSubstr;
using testing::Not;

std::string drawn(const RunSummary& summary, const ViewOptions& options) {
  return '\n' + fmt::format("{}", fmt::join(render_block(summary, options), "\n")) + '\n';
}

class ViewBlock : public testing::Test {
 protected:
  ViewBlock() {
    options_.now = clock_.now();
    summary_.open[0].expected = minutes{20};
    const auto in = [&](int early, int likely, int late) {
      const auto now = clock_.now().wall;
      return TimeRange{now + minutes{early}, now + minutes{likely}, now + minutes{late}};
    };
    summary_.eta = Eta{.asked = clock_.now().wall,
                       .end = in(50, 70, 100),
                       .next_person = HumanAction{"check cables", "Dry?", in(40, 40, 40)},
                       .then_person = {},
                       .questions_ahead = 1};
  }

  ManualClock clock_;
  RunSummary summary_ = sample_run(clock_.now()).the_summary;
  ViewOptions options_;
};

TEST_F(ViewBlock, ShowsTheRunningStepWhatComesNextAndWhenAPersonIsNeeded) {
  EXPECT_EQ(drawn(summary_, options_), R"(
-------------------------------------------------------------------------------
run 12 RUNNING  1 of 5 steps done, 10 min
[1] gain  [#####...............]  25 %, 5 min of about 20 min
    PMT 7 of 32
next: [2] note, [3] check cables, [4] wait
a person is needed for [3] check cables in 40 min, 2026-11-21 00:40
the end is expected in about 1 h 10 min, 2026-11-21 01:10 (00:50 to 01:40)
plus the time until 1 question is answered
keys: ? what can be done, Ctrl-C stop after this step
)");
}

TEST_F(ViewBlock, ShowsTheQuestionAndWhatIsBeingTyped) {
  summary_.status = RunStatus::Waiting;
  summary_.why = "waits for an answer";
  summary_.open.clear();
  summary_.prompts = {cable_question()};
  options_.typed.text = "ye";

  EXPECT_EQ(drawn(summary_, options_), R"(
-------------------------------------------------------------------------------
run 12 WAITING  1 of 5 steps done, 10 min
next: [1] gain, [2] note, [3] check cables
answered now, the run ends in about 1 h 10 min, 2026-11-21 01:10 (00:50 to
01:40); nobody else is needed
QUESTION 2 (check cables): Are the cables dry?
or from any terminal: fatmaster answer 2 yes   (yes or no)
keys: Enter answers, Ctrl-U clears, ? what can be done, Ctrl-C stop after th...
yes or no> ye
)");
}

TEST_F(ViewBlock, SaysWhatCtrlCWouldDoNext) {
  summary_.status = RunStatus::Stopping;
  EXPECT_THAT(drawn(summary_, options_), testing::HasSubstr("Ctrl-C again: end this step now"));
  summary_.status = RunStatus::Aborting;
  EXPECT_THAT(drawn(summary_, options_), testing::HasSubstr("Ctrl-C again: kill it"));
}

TEST_F(ViewBlock, CountsInWholeSeconds) {
  summary_.open[0].started = options_.now;
  summary_.open[0].started.boot -= std::chrono::milliseconds{1999};
  summary_.open[0].progress.reset();
  summary_.open[0].expected.reset();

  EXPECT_THAT(drawn(summary_, options_), testing::HasSubstr("[1] gain  1 s\n"));
}

TEST_F(ViewBlock, AsksForTheReasonInTheNextLine) {
  summary_.prompts = {cable_question()};
  options_.typed = {.text = "a leak", .value = "no", .reason = true};

  EXPECT_EQ(render_block(summary_, options_).back(), "no, because> a leak");
}

TEST_F(ViewBlock, ShowsWhatIsPendingAndTheVirtualStation) {
  summary_.virtual_station = true;
  summary_.status = RunStatus::Pausing;
  summary_.pending = {"pause after this step"};

  const auto text = drawn(summary_, options_);

  EXPECT_THAT(text, HasSubstr("run 12 (VIRTUAL) PAUSING"));
  EXPECT_THAT(text, HasSubstr("pending: pause after this step"));
}

TEST_F(ViewBlock, ShowsHowMuchOfAWaitIsLeft) {
  summary_.open[0].remaining = minutes{15};
  summary_.open[0].progress.reset();

  EXPECT_THAT(drawn(summary_, options_), HasSubstr("[#####...............]  waits, 15 min left"));
}

TEST_F(ViewBlock, IsNeverWiderOrHigherThanTheTerminal) {
  summary_.prompts = {cable_question()};
  summary_.prompts[0].text = std::string(500, 'x') + " 測定測定測定";
  summary_.open[0].text = "測定 PMT 7 of 32 with a long text of its own";
  for (const int width : {1, 2, 5, 20, 33, 80, 200}) {
    for (const int height : {1, 2, 5, 24}) {
      options_.width = width;
      options_.height = height;

      const auto lines = render_block(summary_, options_);

      EXPECT_LE(lines.size(), static_cast<std::size_t>(std::max(1, height - 1)));
      for (const auto& line : lines) {
        EXPECT_LE(columns(line), std::max(1, width - 1)) << line;
      }
    }
  }
}

TEST_F(ViewBlock, KeepsHeadlineQuestionAndAnswerWhenTheTerminalIsLow) {
  summary_.prompts = {cable_question()};
  options_.height = 4;

  EXPECT_EQ(drawn(summary_, options_), R"(
run 12 RUNNING  1 of 5 steps done, 10 min
QUESTION 2 (check cables): Are the cables dry?
yes or no> 
)");
}

TEST_F(ViewBlock, ColoursTheStateOnlyWhenAsked) {
  EXPECT_THAT(render_block(summary_, options_), Each(Not(HasSubstr("\x1b"))));

  options_.colour = true;
  EXPECT_THAT(drawn(summary_, options_), HasSubstr("\x1b[32mrun 12 RUNNING\x1b[0m"));
  summary_.status = RunStatus::Broken;
  EXPECT_THAT(drawn(summary_, options_), HasSubstr("\x1b[1;31mrun 12 BROKEN\x1b[0m"));
}

TEST_F(ViewBlock, LetsNoEscapeSequenceOfAStepThrough) {
  summary_.open[0].text = "\x1b[2J gone";
  summary_.open[0].progress = std::numeric_limits<double>::quiet_NaN();
  summary_.steps[2].title = "no\x07te";

  EXPECT_THAT(drawn(summary_, options_), Not(HasSubstr("\x1b")));
  EXPECT_THAT(drawn(summary_, options_), Not(HasSubstr("\x07")));
}

TEST_F(ViewBlock, NamesTheVerbsOnDemand) {
  options_.help = true;

  EXPECT_THAT(drawn(summary_, options_), HasSubstr("fatmaster pause | continue | stop | skip"));
}

TEST_F(ViewBlock, NamesWhatRunsOutsideTheSequenceAndLaterAttempts) {
  options_.width = 100;
  summary_.open[0].key = {.list = StepList::OnResume, .title = "init", .attempt = 2};
  EXPECT_THAT(drawn(summary_, options_), HasSubstr("\non resume: init (attempt 2)"));
  summary_.open[0].key = {.list = StepList::Backup, .title = "backup", .attempt = 2};
  EXPECT_THAT(drawn(summary_, options_), HasSubstr("\nbackup  ["));
  summary_.open[0].key = {.list = StepList::SafeState, .title = "hv off", .attempt = 1};
  EXPECT_THAT(drawn(summary_, options_), HasSubstr("\nsafe state: hv off  ["));
}

TEST_F(ViewBlock, CountsWhatWasSkippedAndWhatFindsNoRoom) {
  summary_.steps[0].outcome = Outcome::Skipped;
  const OpenAttempt one = summary_.open[0];
  for (int number = 0; number < 20; ++number) {
    summary_.open.push_back(one);
  }
  options_.height = 60;

  EXPECT_THAT(drawn(summary_, options_), HasSubstr("1 skipped, 10 min"));
  EXPECT_THAT(drawn(summary_, options_), testing::ContainsRegex("\n    and 1[0-9] more\n"));
}

TEST_F(ViewBlock, SaysThatAStepAheadIsRunAgainAndThatMoreIsAsked) {
  summary_.steps[2].state = "retry in 5 min";
  summary_.prompts = {cable_question(), cable_question(), cable_question()};

  const auto block = drawn(summary_, options_);

  EXPECT_THAT(block, HasSubstr("next: [2] note (retry in 5 min), "));
  EXPECT_THAT(block, HasSubstr("\n2 more questions after this one\n"));
}

TEST_F(ViewBlock, DoesNotShowAQuestionTwice) {
  summary_.open[0].kind = StepKind::Prompt;

  EXPECT_THAT(drawn(summary_, options_), Not(HasSubstr("[1] gain")));
}

}  // namespace
}  // namespace fat
