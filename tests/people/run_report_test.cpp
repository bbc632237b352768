// A run's events -> a report: what counts, what is shown, and that strangers' text stays text.
#include "fat/people/run_report.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace fat {

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

const ArtifactReader kNoPictures = [](const ReportedAttempt&, const std::string&) {
  return std::optional<std::string>{};
};

Measurement rate(const std::string& module, double value) {
  return {.module = module,
          .channel = "lower",
          .name = "dark_rate",
          .value = value,
          .unit = "Hz",
          .limits = {.min = 0, .max = 2600}};
}

class RunReportTest : public testing::Test {
 protected:
  RunReportTest() {
    summary_.run = 12;
    summary_.status = RunStatus::Completed;
    summary_.verdicts_declared = true;
    summary_.started = now_;
    add_module("DEgg2021-3-133", Verdict::Passed);
  }

  void add_module(const std::string& serial, Verdict verdict) {
    ModuleSummary module;
    module.serial = serial;
    module.verdict = verdict;
    module.steps_planned = module.steps_with_result = 1;
    summary_.modules.push_back(module);
  }

  void happens(EventBody body, std::string who = kProgram) {
    now_ += 1min;
    events_.push_back({.id = static_cast<std::int64_t>(events_.size()) + 1,
                       .event = {.run = 12,
                                 .at = {.wall = now_, .boot = {}, .boot_id = "b"},
                                 .who = std::move(who),
                                 .body = std::move(body)}});
  }

  /// One attempt of a step, with what it measured.
  void attempt(const std::string& title, int number, std::vector<Measurement> measurements) {
    const AttemptKey key{.list = StepList::Main, .title = title, .attempt = number};
    AttemptStarted started;
    started.key = key;
    started.index = 3;
    happens(started);
    AttemptReported reported;
    reported.key = key;
    reported.measurements = std::move(measurements);
    happens(reported);
    AttemptEnded ended;
    ended.key = key;
    ended.outcome = Outcome::Done;
    ended.ran = 90s;
    happens(ended);
    if (number == 1) {
      StepSummary step;
      step.index = 3;
      step.title = title;
      step.outcome = Outcome::Done;
      step.attempts = 1;
      summary_.steps.push_back(step);
    } else {
      summary_.steps.back().attempts = number;
    }
  }

  RunReport report() const { return run_report("bench 7", summary_, events_); }

  std::string page() const { return report_html(report(), kNoPictures, now_); }

  WallTime now_{1'795'161'600s};
  RunSummary summary_;
  std::vector<StoredEvent> events_;
};

TEST_F(RunReportTest, JudgesByTheLastAttemptAndShowsTheOthers) {
  attempt("rates", 1, {rate("DEgg2021-3-133", 9000)});
  attempt("rates", 2, {rate("DEgg2021-3-133", 812)});
  const auto found = report();

  ASSERT_THAT(found.measurements, SizeIs(2));
  EXPECT_EQ(found.measurements[0].verdict, Verdict::Failed);
  EXPECT_FALSE(found.measurements[0].counts);
  EXPECT_TRUE(found.measurements[1].counts);
  EXPECT_EQ(verdict_of(found, "DEgg2021-3-133", "lower"), Verdict::Passed);
  EXPECT_EQ(verdict_of(found, "DEgg2021-3-133", "upper"), Verdict::NotRun);
  EXPECT_THAT(page(), HasSubstr("2 values, 812 to 9000"));
  EXPECT_THAT(page(), HasSubstr("(9000&nbsp;[3])"));
}

TEST_F(RunReportTest, AFailedValueOfAnotherStepStillCounts) {
  attempt("rates", 1, {rate("DEgg2021-3-133", 9000)});
  attempt("rates again", 1, {rate("DEgg2021-3-133", 812)});

  EXPECT_EQ(verdict_of(report(), "DEgg2021-3-133", "lower"), Verdict::Failed);
}

TEST_F(RunReportTest, NamesWhatIsNotWithinItsLimitsFirst) {
  attempt("rates", 1, {rate("DEgg2021-3-133", 812)});
  EXPECT_THAT(page(), HasSubstr("Every measurement with limits is within them"));
  attempt("rates again", 1, {rate("DEgg2021-3-133", 9000)});
  EXPECT_THAT(page(),
              HasSubstr("<td>dark_rate</td><td class=\"n\">9000 Hz</td><td>0 to 2600</td><td><span "
                        "class=\"failed\">&#10007; failed</span></td><td>rates again</td>"));
}

TEST_F(RunReportTest, TellsWhoAnsweredWhatAndWhatPeopleDid) {
  Prompt prompt;
  prompt.id = 4;
  prompt.step = "look";
  prompt.text = "Is it dry?";
  happens(PromptOpened{.prompt = prompt, .attempt = {}});
  happens(PromptAnswered{.id = 4, .value = "yes", .reason = "looked", .attempt = {}}, "anna");
  happens(ModuleQuarantined{.module = "m9", .reason = "no prompt", .attempt = {}}, "bert");
  const auto html = page();

  EXPECT_THAT(html, HasSubstr("Is it dry?</td><td>yes: looked</td><td>anna</td><td>1 min"));
  EXPECT_THAT(html, HasSubstr("m9 into quarantine</td><td>no prompt</td><td>bert"));
}

TEST_F(RunReportTest, SaysWhatWasNotDone) {
  StepSummary step;
  step.index = 7;
  step.title = "linearity";
  step.state = "pending";
  summary_.steps.push_back(step);

  EXPECT_THAT(page(), HasSubstr("[7] linearity</td><td><span class=\"open\">pending"));
}

TEST_F(RunReportTest, AVirtualRunSaysSo) {
  EXPECT_THAT(page(), Not(HasSubstr("no real hardware")));
  summary_.virtual_station = true;
  EXPECT_THAT(page(), HasSubstr("VIRTUAL station: no real hardware was measured"));
  EXPECT_THAT(report_junit(report()), HasSubstr("run 12 (VIRTUAL)"));
}

TEST_F(RunReportTest, TextOfStrangersStaysText) {
  const std::string hostile = "<script>alert('1')</script>\"&\x1b[2J\n";
  add_module(hostile, Verdict::Failed);
  auto measured = rate(hostile, 5000);
  measured.name = hostile;
  measured.unit = hostile;
  measured.channel = hostile;
  attempt(hostile, 1, {measured});
  happens(Noted{.level = "critical", .text = hostile}, hostile);

  for (const auto& text : {page(), report_junit(report())}) {
    EXPECT_THAT(text, Not(HasSubstr("<script")));
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    EXPECT_THAT(text, HasSubstr("&lt;script&gt;"));
  }
}

TEST_F(RunReportTest, ASpreadsheetCalculatesNothing) {
  auto measured = rate(R"(=HYPERLINK("http://x","y"))", 1);
  attempt("a, b", 1, {measured});
  const auto csv = report_csv(report());

  EXPECT_THAT(csv, HasSubstr(",\"a, b\",1,"));
  EXPECT_THAT(
      csv,
      HasSubstr(",\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\",lower,dark_rate,1,Hz,0,2600,,,"));
}

TEST_F(RunReportTest, DataHoldsWhatThePageHoldsAndNoInfinities) {
  attempt("rates", 1, {rate("DEgg2021-3-133", std::numeric_limits<double>::infinity())});
  const auto json = nlohmann::json::parse(report_json(report()));

  EXPECT_EQ(json.at("schema"), 1);
  EXPECT_EQ(json.at("summary").at("run"), 12);
  EXPECT_EQ(json.at("attempts").at(0).at("seconds"), 90);
  const auto& measurement = json.at("measurements").at(0);
  EXPECT_TRUE(measurement.at("value").is_null());
  EXPECT_EQ(measurement.at("verdict"), "inconclusive");
  EXPECT_EQ(measurement.at("max"), 2600);
}

TEST_F(RunReportTest, PicturesAreInThePageWhileThereIsRoom) {
  attempt("gain", 1, {});
  AttemptReported reported;
  reported.key = {.list = StepList::Main, .title = "gain", .attempt = 1};
  reported.artifacts = {"a.svg", "b.png", "../../secret.png", "table.csv"};
  happens(reported);
  const auto html = report_html(
      report(),
      [](const ReportedAttempt&, const std::string& name) {
        return std::optional{name == "a.svg" ? std::string(2U << 20U, 'x')
                                             : std::string(2U << 20U, 'y')};
      },
      now_);

  EXPECT_THAT(html, HasSubstr("src=\"data:image/svg+xml;base64,eHh4"));
  EXPECT_THAT(html, HasSubstr("<a href=\"steps/0003_gain/attempt_1/b.png\">"));
  EXPECT_THAT(html, Not(HasSubstr("secret")));
  EXPECT_THAT(html, Not(HasSubstr("table.csv")));
}

TEST_F(RunReportTest, AWholeCampaignFitsIntoFiveMegabytes) {
  constexpr int modules = 16;
  summary_.modules.clear();
  for (int i = 0; i < modules; ++i) {
    add_module("DEgg2021-3-" + std::to_string(100 + i), Verdict::Passed);
  }
  for (int step = 0; step < 1114; ++step) {
    std::vector<Measurement> measurements;
    for (int i = 0; i < modules && step % 4 == 0; ++i) {
      for (const char* name : {"dark_rate", "temperature", "hv0", "hv1"}) {
        measurements.push_back(
            rate(summary_.modules[static_cast<std::size_t>(i)].serial, 800.123 + step));
        measurements.back().name = name;
      }
    }
    attempt("cool down/" + std::to_string(step) + "/slowmon", 1, std::move(measurements));
  }
  const auto html = page();

  EXPECT_THAT(report().measurements, SizeIs(279 * modules * 4));
  EXPECT_LT(html.size(), std::size_t{5} << 20U);
}

TEST_F(RunReportTest, AQuestionThatWasWithdrawnSaysWhenAndWhy) {
  Prompt prompt;
  prompt.id = 2;
  prompt.text = "dry?";
  happens(PromptOpened{prompt, std::nullopt});
  happens(PromptWithdrawn{.id = 2, .reason = "the step was skipped"});

  const auto json = nlohmann::json::parse(report_json(report()));

  EXPECT_EQ(json.at("prompts").at(0).at("reason"), "the step was skipped");
  EXPECT_EQ(json.at("prompts").at(0).at("value"), "");
}

TEST_F(RunReportTest, ViewersOfTestResultsSeeWhatHasNoResult) {
  summary_.modules[0].steps_planned = 3;
  attempt("rates", 1, {rate("DEgg2021-3-133", std::numeric_limits<double>::quiet_NaN())});

  const auto text = report_junit(report());

  EXPECT_THAT(text, HasSubstr("tests=\"2\" failures=\"0\" errors=\"0\" skipped=\"2\""));
  EXPECT_THAT(text, HasSubstr("<skipped message=\"inconclusive: nan Hz against "));
  EXPECT_THAT(text, HasSubstr("2 of 3 steps without a result"));
}

TEST_F(RunReportTest, DataHoldsReadingsAndActionsAndWhatStepsSaidOfModules) {
  happens(SignalRead{.signal = "box", .value = -40.5, .unit = "degC", .at = now_, .from = {}});
  happens(PauseRequested{"lunch"}, "anna");
  attempt("look", 1, {});
  AttemptReported said;
  said.key = {.list = StepList::Main, .title = "look", .attempt = 1};
  said.verdicts = {{"DEgg2021-3-133", Verdict::Failed, "dark"}};
  happens(said);

  const auto json = nlohmann::json::parse(report_json(report()));

  EXPECT_EQ(json.at("readings").at(0).at("signal"), "box");
  EXPECT_EQ(json.at("readings").at(0).at("value"), -40.5);
  EXPECT_EQ(json.at("actions").at(0).at("who"), "anna");
  EXPECT_EQ(json.at("actions").at(0).at("reason"), "lunch");
  EXPECT_EQ(json.at("attempts").at(0).at("verdicts").at(0).at("verdict"), "failed");
}

}  // namespace

}  // namespace fat
