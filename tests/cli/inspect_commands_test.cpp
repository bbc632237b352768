// status, why, list, show, output, history on a small journal.
#include "cli/inspect_commands.hpp"

#include <thread>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "cli/command_run.hpp"
#include "cli/sample_station.hpp"
#include "fat/store/station_lock.hpp"

namespace fat {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Inspecting : public testing::Test {
 protected:
  CommandRun run(std::vector<std::string> words) const {
    return run_words(station_.folder(), std::move(words));
  }

  nlohmann::json json(std::vector<std::string> words) const {
    return nlohmann::json::parse(run(std::move(words)).out);
  }

  SampleStation station_;
};

TEST_F(Inspecting, StatusSaysThatNobodyDrivesAnUnfinishedRunAndWhatToType) {
  station_.reach_second_attempt();

  const auto status = run({"status"});

  EXPECT_EQ(status.exit_code, 0);
  EXPECT_THAT(status.out, HasSubstr("run 12 is RUNNING"));
  EXPECT_THAT(status.out, HasSubstr("NO SCHEDULER IS RUNNING"));
  EXPECT_THAT(status.out, HasSubstr("fatmaster resume\n"));
  EXPECT_THAT(status.out, HasSubstr("last seen at\n2026-11-21 00:03:03 +0000."));
}

TEST_F(Inspecting, StatusOfAnEndedRunMissesNoScheduler) {
  station_.complete();

  const auto status = run({"status"});

  EXPECT_THAT(status.out, AllOf(HasSubstr("run 12 is COMPLETED"), Not(HasSubstr("NO SCHEDULER"))));
}

TEST_F(Inspecting, StatusBelievesTheLockWhenSomebodyOwnsTheRun) {
  station_.reach_second_attempt();
  const StationLock lock{station_.folder(), this_process(12)};

  const auto status = run({"status"});

  EXPECT_THAT(status.out, Not(HasSubstr("NO SCHEDULER")));
}

TEST_F(Inspecting, StatusAsJsonIsTheDocumentedForm) {
  station_.reach_second_attempt();

  const auto status = json({"status", "--json", "12"});

  EXPECT_EQ(status.at("run"), 12);
  EXPECT_EQ(status.at("status"), "running");
  EXPECT_EQ(status.at("steps").size(), 3U);
}

TEST_F(Inspecting, StatusWatchedEndsWithTheRun) {
  station_.reach_second_attempt();
  std::thread later{[this] {
    station_.end(273, "measure gain", Outcome::Done, 2);
    station_.append(276, StopRequested{.reason = "late"}, "anna");
    station_.append(277, RunEnded{.status = RunStatus::Stopped, .reason = "late"});
  }};

  const auto status = run({"status", "--watch"});
  later.join();

  EXPECT_EQ(status.exit_code, 0);
  EXPECT_THAT(status.out, HasSubstr("run 12 is STOPPED"));
}

TEST_F(Inspecting, ARunThatIsNotThereIsRefusedNamingThoseThatAre) {
  const auto status = run({"status", "13"});

  EXPECT_EQ(status.exit_code, 2);
  EXPECT_THAT(status.err, HasSubstr("no run '13' here; known are 12"));
}

TEST_F(Inspecting, WorksInAFolderThatCannotBeWritten) {
  station_.complete();
  ASSERT_EQ(chmod(station_.folder().c_str(), 0500), 0);

  EXPECT_EQ(run({"status"}).exit_code, 0);
  EXPECT_EQ(run({"history"}).exit_code, 0);
  EXPECT_EQ(run({"show", "note"}).exit_code, 0);

  chmod(station_.folder().c_str(), 0700);
}

TEST_F(Inspecting, WhyExplainsOneStep) {
  station_.reach_second_attempt();

  EXPECT_THAT(run({"why", "note"}).out, HasSubstr("[2] note of run 12: pending"));
}

TEST_F(Inspecting, WhyOfARunNobodyDrivesDoesNotSayThatItGoesOn) {
  station_.reach_second_attempt();

  const auto why = run({"why"}).out;

  EXPECT_THAT(why, HasSubstr("run 12 does not go on.\nNO SCHEDULER IS RUNNING"));
  EXPECT_THAT(why, Not(HasSubstr("it goes on")));
}

TEST_F(Inspecting, WhyOfAPausedRunNobodyDrivesSaysBoth) {
  station_.append(5, Paused{.failure = false, .step = {}, .reason = "lunch"}, "anna");

  EXPECT_THAT(run({"why"}).out,
              AllOf(HasSubstr("NO SCHEDULER IS RUNNING"), HasSubstr("fatmaster continue")));
}

TEST_F(Inspecting, EtaSaysThatItCountsFromNow) {
  station_.reach_second_attempt();

  const auto eta = run({"eta"});

  EXPECT_EQ(eta.exit_code, 0);
  EXPECT_THAT(eta.out, HasSubstr("If the run went on now: "));
}

TEST_F(Inspecting, ListShowsEveryStepAndItsState) {
  station_.reach_second_attempt();

  EXPECT_EQ(run({"list"}).out,
            "[0] check         done     1 min 30 s\n"
            "[1] measure gain  running  1 min 30 s  exit status 3\n"
            "[2] note          pending\n");
}

TEST_F(Inspecting, ListPrintsTitlesForCompletion) {
  EXPECT_EQ(run({"list", "--titles"}).out, "check\nmeasure gain\nnote\n");
}

TEST_F(Inspecting, ListAsJsonNamesEveryStep) {
  EXPECT_EQ(json({"list", "--json"}).at(1).at("title"), "measure gain");
}

TEST_F(Inspecting, StepsAreFoundByTitleAndByIndex) {
  for (const char* name : {"measure gain", "[1]", "1"}) {
    EXPECT_THAT(run({"show", name}).out, HasSubstr("[1] measure gain")) << name;
  }
}

TEST_F(Inspecting, AMistypedStepGetsASuggestion) {
  const auto show = run({"show", "mesure gain"});

  EXPECT_EQ(show.exit_code, 2);
  EXPECT_THAT(show.err, HasSubstr("did you mean 'measure gain'?"));
  EXPECT_THAT(run({"show", "9"}).err, HasSubstr("run 12 has 3 steps"));
}

TEST_F(Inspecting, ShowTellsEveryAttemptWithItsMeasurements) {
  station_.complete();

  const auto shown = run({"show", "measure gain"}).out;

  EXPECT_THAT(shown, HasSubstr("[1] measure gain: done, 2 attempts\n"));
  EXPECT_THAT(shown, HasSubstr("attempt 1: errored after 1 min 30 s\n"));
  EXPECT_THAT(shown, HasSubstr("  why       exit status 3\n"));
  EXPECT_THAT(shown, HasSubstr("  effort    2 s of processor time, 2.0 MiB of memory\n"));
  EXPECT_THAT(shown,
              HasSubstr("  module                measurement  value      limits     verdict\n"
                        "  DEgg2021-3-133 upper  dark_rate    3000.5 Hz  [0, 2600]  failed\n"));
  EXPECT_THAT(shown, HasSubstr("  artifact  gain.png\n"));
  EXPECT_THAT(shown, AllOf(HasSubstr("fibre [31mdark"), Not(HasSubstr("\x1b"))));
  EXPECT_THAT(shown, HasSubstr("fatmaster output 'measure gain'"));
}

TEST_F(Inspecting, ShowAsJsonHoldsTheSame) {
  station_.complete();

  const auto shown = json({"show", "1", "--json"});

  EXPECT_EQ(shown.at("step").at("state"), "done");
  EXPECT_EQ(shown.at("attempts").at(0).at("outcome"), "errored");
  EXPECT_EQ(shown.at("attempts").at(1).at("measurements").at(0).at("verdict"), "failed");
}

TEST_F(Inspecting, HistoryTellsWhatHappenedAndWhen) {
  station_.complete();

  const auto history = run({"history"}).out;

  EXPECT_THAT(history, HasSubstr("2026-11-21 00:00:00 +0000  run 12 started by anna"));
  EXPECT_THAT(history,
              HasSubstr("2026-11-21 00:03:02 +0000  WARNING [1] measure gain: errored after 1 min "
                        "30 s: exit status 3"));
  EXPECT_THAT(history, HasSubstr("run 12 is completed"));
}

TEST_F(Inspecting, HistoryAsJsonHoldsEveryEventAsStored) {
  station_.reach_second_attempt();

  const auto history = json({"history", "--json"});

  EXPECT_EQ(history.size(), 8U);
  EXPECT_EQ(history.at(0).at("kind"), "run_opened");
  EXPECT_EQ(history.at(0).at("who"), "anna");
  EXPECT_EQ(history.at(0).at("at"), "2026-11-21T00:00:00.000000Z");
  EXPECT_TRUE(history.at(3).at("body").is_object());
}

TEST_F(Inspecting, OutputPrintsBothPartsOfARotatedLogOfTheNewestAttempt) {
  station_.reach_second_attempt();
  write_text(station_.attempt("measure gain", 1) / "output.log", "first try\n");
  write_text(station_.attempt("measure gain", 2) / "output.log.1", "old\n");
  write_text(station_.attempt("measure gain", 2) / "output.log", "new \x1b[2Jend\n");

  EXPECT_EQ(run({"output", "measure gain"}).out, "old\nnew end\n");
  EXPECT_EQ(run({"output", "1", "--attempt", "1"}).out, "first try\n");
}

TEST_F(Inspecting, OutputOfAStepThatHasNotBegunSaysSo) {
  const auto output = run({"output", "note"});

  EXPECT_EQ(output.exit_code, 2);
  EXPECT_THAT(output.err, HasSubstr("step 'note' has not been started"));
}

TEST_F(Inspecting, OutputFollowedEndsWithTheAttemptAndLosesNothingByRotation) {
  station_.reach_second_attempt();
  const auto folder = station_.attempt("measure gain", 2);
  const auto log = write_text(folder / "output.log", "one\n");
  std::thread step{[&] {
    std::ofstream{log, std::ios::app} << "two\n";
    std::filesystem::rename(log, folder / "output.log.1");
    write_text(log, "three\n");
    write_text(folder / "exit.json", "{}");
  }};

  const auto output = run({"output", "1", "-f"});
  step.join();

  EXPECT_THAT(output.out, HasSubstr("two\nthree\n"));
  EXPECT_EQ(output.exit_code, 0);
}

TEST_F(Inspecting, OutputFollowedEndsWhenTheJournalKnowsTheEnd) {
  station_.reach_second_attempt();
  write_text(station_.attempt("measure gain", 2) / "output.log", "one\n");
  std::thread scheduler{[&] { station_.end(273, "measure gain", Outcome::Done, 2); }};

  const auto output = run({"output", "1", "--follow"});
  scheduler.join();

  EXPECT_EQ(output.out, "one\n");
}

TEST_F(Inspecting, SaysInWordsWhenNothingWasEverStarted) {
  const TemporaryFolder empty;

  const auto status = run_words(empty.path(), {"status"});

  EXPECT_EQ(status.exit_code, 3);
  EXPECT_THAT(status.err, HasSubstr("no run has been started in"));
}

TEST_F(Inspecting, OutputNamesTheAttemptsThereAreAndWhatWasMovedAway) {
  station_.reach_second_attempt();

  const auto third = run({"output", "measure gain", "--attempt", "3"});
  EXPECT_EQ(third.exit_code, 2);
  EXPECT_THAT(third.err, HasSubstr("step 'measure gain' has no attempt '3'; it has 2 so far"));
  EXPECT_THAT(run({"output", "1", "--attempt", "one"}).err, HasSubstr("has no attempt 'one'"));

  const auto moved = run({"output", "measure gain"});
  EXPECT_EQ(moved.exit_code, 0);
  EXPECT_EQ(moved.err,
            "there is no " + station_.attempt("measure gain", 2).string() +
                ": nothing was run, or it was moved away\n");
}

TEST_F(Inspecting, OutputOfAQuestionSaysWhoPrintsNothing) {
  AttemptStarted started;
  started.key = main_attempt("note");
  started.index = 2;
  started.kind = StepKind::Prompt;
  station_.append(5, started);

  const auto output = run({"output", "note"});

  EXPECT_EQ(output.exit_code, 0);
  EXPECT_EQ(output.err, "'note' prints nothing: the scheduler itself waits or asks\n");
}

TEST_F(Inspecting, ListNamesModulesInQuarantineAndWhy) {
  station_.append(5, ModuleQuarantined{.module = "DEgg2021-3-133", .reason = "does not answer"});

  EXPECT_THAT(run({"list"}).out, HasSubstr("in quarantine: DEgg2021-3-133 (does not answer)\n"));
}

TEST_F(Inspecting, ShowSaysHowTheEndOfAnAttemptIsKnown) {
  const std::vector<std::pair<EndCause, std::string>> known{
      {EndCause::Harvested, "it ended while no scheduler was there; found afterwards"},
      {EndCause::Lost, "no exit record: killed with its shim, or a power cut"},
      {EndCause::NeverStarted, "the scheduler died before the process existed; nothing was run"},
      {EndCause::Waited, "its time had come"},
      {EndCause::Answered, "a person answered"},
      {EndCause::Refused, "it could not be started"}};
  int at = 1;
  for (const auto& [cause, words] : known) {
    AttemptStarted started;
    started.key = main_attempt("check", at);
    station_.append(at, started);
    AttemptEnded ended;
    ended.key = main_attempt("check", at);
    ended.outcome = Outcome::Interrupted;
    ended.cause = cause;
    station_.append(at, ended);
    ++at;
  }

  const auto shown = run({"show", "check"}).out;

  for (const auto& [cause, words] : known) {
    EXPECT_THAT(shown, HasSubstr("  known     " + words + "\n"));
  }
}

TEST_F(Inspecting, ShowTellsSignalsLimitsAndWhatWasSaidOfModules) {
  station_.start(1, "check");
  station_.append(2, AttemptAdopted{main_attempt("check")});
  EXPECT_THAT(run({"show", "check"}).out, HasSubstr("not ended (adopted by a later scheduler)"));
  AttemptReported said;
  said.key = main_attempt("check");
  said.measurements = {{.module = "m1", .name = "hv", .value = 7, .unit = "V"}};
  said.measurements[0].limits.warn_min = 1;
  said.measurements[0].limits.warn_max = 9;
  said.modules = {{.module = "m1", .responsive = false, .reason = "silent"}};
  said.verdicts = {{"m1", Verdict::Failed, "dark"}};
  said.checkpoint = "wheel 3";
  station_.append(3, said);
  AttemptEnded ended;
  ended.key = main_attempt("check");
  ended.outcome = Outcome::Errored;
  ended.signal = 9;
  station_.append(4, ended);

  const auto shown = run({"show", "check"}).out;
  EXPECT_THAT(shown, HasSubstr("  exit      signal 9\n"));
  EXPECT_THAT(shown, HasSubstr("warn [1, 9]"));
  EXPECT_THAT(shown, HasSubstr("  module    m1 does not answer: silent\n"));
  EXPECT_THAT(shown, HasSubstr("  verdict   m1: failed, dark\n"));
  EXPECT_THAT(shown, HasSubstr("  reached   wheel 3\n"));

  const auto attempt = json({"show", "check", "--json"}).at("attempts").at(0);
  EXPECT_EQ(attempt.at("signal"), 9);
  EXPECT_EQ(attempt.at("adopted"), true);
  EXPECT_EQ(attempt.at("checkpoint"), "wheel 3");
  EXPECT_EQ(attempt.at("modules").at(0).at("responsive"), false);
  EXPECT_EQ(attempt.at("verdicts").at(0).at("reason"), "dark");
}

TEST_F(Inspecting, ShowTellsWhatPeopleDecidedAboutAStep) {
  station_.start(1, "check");
  station_.append(2, AbortStepRequested{"check", AfterAbort::Retry, "smoke"}, "anna");
  Prompt prompt;
  prompt.id = 4;
  prompt.step = "check";
  prompt.text = "did it move?";
  station_.append(3, PromptOpened{prompt, std::nullopt});
  station_.append(4, PromptAnswered{.id = 4, .value = "done", .reason = "saw it"}, "ben");
  prompt.id = 5;
  prompt.step = "note";
  station_.append(5, PromptOpened{prompt, std::nullopt});
  station_.append(6, PromptAnswered{.id = 5, .value = "no", .reason = "another step's"}, "ben");
  station_.end(7, "check", Outcome::Errored);
  station_.append(8, StepReopened{.title = "check", .reason = "again"}, "anna");

  const auto shown = run({"show", "check"}).out;

  EXPECT_THAT(shown, HasSubstr("  asked to end, then retry: smoke  (anna)\n"));
  EXPECT_THAT(shown, HasSubstr("  question 4: did it move?  ("));
  EXPECT_THAT(shown, HasSubstr("  answered question 4 with done: saw it  (ben)\n"));
  EXPECT_THAT(shown, HasSubstr("  to be done again: again  (anna)\n"));
  EXPECT_THAT(shown, Not(HasSubstr("another step")));
}

}  // namespace
}  // namespace fat
