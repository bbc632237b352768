// Summary -> the table at the end of a run.
#include "fat/people/summary_table.hpp"

#include <chrono>

#include <gmock/gmock.h>

#include "people/sample_run.hpp"

namespace fat {
namespace {

using std::chrono::minutes;
using testing::HasSubstr;
using testing::Not;

class FinalTable : public testing::Test {
 protected:
  FinalTable() {
    summary_.open.clear();
    summary_.ended = clock_.now().wall;
  }

  std::string table() const { return '\n' + summary_table(summary_, options_); }

  ManualClock clock_;
  RunSummary summary_ = sample_run(clock_.now()).the_summary;
  TableOptions options_;
};

TEST_F(FinalTable, SaysHowEveryStepEndedAndWhatToDoNext) {
  summary_.status = RunStatus::Stopped;
  summary_.why = "stopped by anna: leak; `fatmaster resume` goes on";
  summary_.virtual_station = true;
  summary_.steps[1] = ended_step(1, "gain", Outcome::Errored, minutes{75});
  summary_.steps[1].attempts = 3;
  summary_.steps[1].reason = "exit status 3";
  summary_.steps[3] = ended_step(3, "check cables", Outcome::Aborted, minutes{1});

  EXPECT_EQ(table(), R"(
run 12 is STOPPED, after 10 min
This was the VIRTUAL station: no real hardware was measured.
schedule /station/schedules/cold.ini
run file /station/runs/run/run_00012.json
started  2026-11-20 23:50:00 +0000
ended    2026-11-21 00:00:00 +0000
why      stopped by anna: leak; `fatmaster resume` goes on

  step              outcome     attempts duration
  [0] status_check  done        1        4 min
  [1] gain          errored     3        1 h 15 min
      exit status 3
  [2] note          not run     -        -
  [3] check cables  aborted     1        1 min
  [4] wait          not run     -        -

5 steps: 1 done, 1 errored, 1 aborted, 2 not run

modules: no verdicts (no step declares a measurement)

what to do next:
  fatmaster resume 12              goes on with the first step that is not done
  fatmaster show 'check cables'    says what happened in it
  fatmaster output 'check cables'  prints what it wrote
)");
}

TEST_F(FinalTable, SaysNothingAboutNextStepsWhenAllIsWell) {
  summary_.status = RunStatus::Completed;
  summary_.steps = {ended_step(0, "status_check", Outcome::Done, minutes{4})};
  summary_.verdicts_declared = true;
  summary_.modules = {{.serial = "DEgg2021-3-133",
                       .verdict = Verdict::Passed,
                       .steps_with_result = 1,
                       .steps_planned = 1,
                       .reason = ""},
                      {.serial = "DEgg2021-3-7",
                       .verdict = Verdict::Inconclusive,
                       .steps_with_result = 0,
                       .steps_planned = 1,
                       .reason = "does not answer"}};

  EXPECT_EQ(table(), R"(
run 12 is COMPLETED, after 10 min
schedule /station/schedules/cold.ini
run file /station/runs/run/run_00012.json
started  2026-11-20 23:50:00 +0000
ended    2026-11-21 00:00:00 +0000

  step              outcome     attempts duration
  [0] status_check  done        1        4 min

1 step: 1 done

modules:
  DEgg2021-3-133  PASSED
  DEgg2021-3-7    INCONCLUSIVE (1 of 1 not run)
      does not answer
)");
}

TEST_F(FinalTable, ShortensALongRunToWhatIsNotDone) {
  summary_.steps.clear();
  for (int i = 0; i < 1114; ++i) {
    summary_.steps.push_back(
        i < 700 ? ended_step(i, "gain/" + std::to_string(i), Outcome::Done, minutes{1})
                : pending_step(i, "gain/" + std::to_string(i)));
  }
  summary_.steps[600].outcome = Outcome::Errored;

  const auto text = table();

  EXPECT_THAT(text, HasSubstr(R"(
  [600] gain/600    errored     1        1 min
  [700] gain/700 ... [1113] gain/1113: not run (414 steps)
  ... and 699 steps done (all of them: fatmaster list)

1114 steps: 699 done, 1 errored, 414 not run
)"));
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 25);

  options_.all = true;
  EXPECT_THAT(table(), HasSubstr("  [1113] gain/1113  not run"));
}

TEST_F(FinalTable, ColoursOnlyWhenAsked) {
  EXPECT_THAT(table(), Not(HasSubstr("\x1b")));
  options_.colour = true;
  EXPECT_THAT(table(), HasSubstr("\x1b[32mdone       "));
}

TEST_F(FinalTable, KeepsColumnsApartWhateverTheTitlesAre) {
  summary_.steps[0].title =
      "a very long title of a step that somebody wrote in one sentence or two, 測定";
  summary_.steps[2].title = "\x1b[2J";

  EXPECT_THAT(table(), HasSubstr("  [0] a very long title of a step that som...  done        1"));
  EXPECT_THAT(table(), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace fat
