// Report lines -> what is worth keeping of them.
#include "runner/report_collector.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fat {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

const AttemptKey kKey{.list = StepList::Main, .title = "dark", .attempt = 1};

Step promising_step() {
  Step step;
  step.title = "dark";
  step.measurements = {{.name = "dark_rate", .min = 0, .max = 2600, .unit = "Hz"}};
  return step;
}

std::string said(const std::string& report) {
  return R"({"at":1795219200000000,"report":)" + report + "}";
}

std::string measured(const std::string& rest) {
  return said(R"({"measurement":{"module":"m1","name":"dark_rate","value":812)" + rest + "}}");
}

class Collect : public testing::Test {
 protected:
  Step step_ = promising_step();
  ReportCollector collector_{kKey, &step_, 0};
};

TEST_F(Collect, HasNoNewsBeforeAnythingWasSaid) {
  collector_.set_offset(100);

  EXPECT_FALSE(collector_.has_news());
}

TEST_F(Collect, GivesAMeasurementTheLimitsAndTheUnitItsStepPromised) {
  collector_.add(measured(""));

  const auto taken = collector_.take();
  ASSERT_EQ(taken.event.measurements.size(), 1U);
  const auto& measurement = taken.event.measurements[0];
  EXPECT_EQ(measurement.limits, (Limits{.min = 0, .max = 2600}));
  EXPECT_EQ(measurement.unit, "Hz");
  EXPECT_EQ(taken.event.key, kKey);
}

TEST_F(Collect, LeavesLimitsAloneThatTheReportNames) {
  collector_.add(measured(R"(,"unit":"Hz","max":500,"warn_max":400)"));

  const auto taken = collector_.take();
  EXPECT_EQ(taken.event.measurements[0].limits, (Limits{.max = 500, .warn_max = 400}));
}

TEST_F(Collect, AddsThePromisedLimitsToWarningLimits) {
  collector_.add(measured(R"(,"warn_max":2000)"));

  EXPECT_EQ(collector_.take().event.measurements[0].limits,
            (Limits{.min = 0, .max = 2600, .warn_max = 2000}));
}

TEST_F(Collect, DoesNotHoldAValueInAnotherUnitAgainstThePromisedLimits) {
  collector_.add(measured(R"(,"unit":"kHz")"));

  const auto taken = collector_.take();
  EXPECT_EQ(taken.event.measurements[0].limits, Limits{});
  ASSERT_EQ(taken.event.verdicts.size(), 1U);
  EXPECT_EQ(taken.event.verdicts[0].module, "m1");
  EXPECT_EQ(taken.event.verdicts[0].verdict, Verdict::Inconclusive);
  EXPECT_EQ(taken.event.verdicts[0].reason, "dark_rate came in kHz, its limits are in Hz");
}

TEST_F(Collect, PromisesNothingForAStepThatLeftThePlan) {
  ReportCollector collector{kKey, nullptr, 0};

  collector.add(measured(""));

  EXPECT_EQ(collector.take().event.measurements[0].limits, Limits{});
}

TEST_F(Collect, TakesProgressAloneForPassing) {
  collector_.add(said(R"({"progress":0.25,"text":"PMT 7 of 32"})"));
  collector_.add(said(R"({"heartbeat":true})"));

  EXPECT_TRUE(collector_.has_news());
  EXPECT_TRUE(collector_.only_progress());
  const auto taken = collector_.take();
  EXPECT_EQ(taken.event.progress, 0.25);
  EXPECT_EQ(taken.event.progress_text, "PMT 7 of 32");
  EXPECT_FALSE(taken.urgent);
}

TEST_F(Collect, KeepsProgressThatCameWithSomethingWorthKeeping) {
  collector_.add(said(R"({"progress":0.25})"));
  collector_.add(said(R"({"checkpoint":"half"})"));
  collector_.add(said(R"({"progress":0.5})"));

  EXPECT_FALSE(collector_.only_progress());
  const auto taken = collector_.take();
  EXPECT_EQ(taken.event.progress, 0.5);
  EXPECT_EQ(taken.event.checkpoint, "half");
}

TEST_F(Collect, IsInAHurryWithQuestionsModulesAndWarnings) {
  for (const auto* line : {R"({"prompt":{"text":"Door shut?","kind":"ok"}})",
                           R"({"module":"m1","state":"unresponsive","reason":"no prompt"})",
                           R"({"message":"hot","level":"critical"})"}) {
    collector_.add(said(line));

    EXPECT_TRUE(collector_.take().urgent) << line;
  }
}

TEST_F(Collect, HandsOverTheQuestions) {
  collector_.add(said(R"({"prompt":{"text":"Door shut?","kind":"ok"}})"));

  const auto taken = collector_.take();
  ASSERT_EQ(taken.questions.size(), 1U);
  EXPECT_EQ(taken.questions[0].text, "Door shut?");
  EXPECT_THAT(collector_.take().questions, IsEmpty());
}

TEST_F(Collect, WarnsOfDamagedLinesTenTimesAtMost) {
  for (int i = 0; i < 500; ++i) {
    collector_.add(i % 2 == 0 ? "garbage" : said(R"({"no such kind":1})"));
  }

  const auto taken = collector_.take();
  ASSERT_EQ(taken.event.messages.size(), 10U);
  EXPECT_EQ(taken.event.messages[0].level, "warning");
  EXPECT_THAT(taken.event.messages[0].text, HasSubstr("damaged"));
  EXPECT_THAT(taken.event.messages[9].text, HasSubstr("no further line like this is told"));
  EXPECT_EQ(collector_.bad_lines(), 500);
}

TEST_F(Collect, DoesNotWriteARowForEveryHostileLineOnceItHasWarnedEnough) {
  for (int i = 0; i < 10; ++i) {
    collector_.add("garbage");
  }
  collector_.take();

  collector_.add(said(R"({"no such kind":1})"));
  collector_.add("garbage");
  collector_.add(said(R"({"progress":0.5})"));

  EXPECT_TRUE(collector_.only_progress());
}

TEST_F(Collect, SurvivesHostileBytes) {
  collector_.add(std::string(100, '\0'));
  collector_.add(said(std::string(5000, '[')));
  collector_.add(said("\"\xff\x1b[2J\""));
  collector_.add("");

  EXPECT_EQ(collector_.bad_lines(), 4);
}

TEST_F(Collect, KeepsItsPlaceOverTake) {
  collector_.add(measured(""));
  collector_.set_offset(77);

  EXPECT_EQ(collector_.take().event.report_offset, 77U);

  EXPECT_EQ(collector_.offset(), 77U);
  EXPECT_FALSE(collector_.has_news());
  EXPECT_EQ(collector_.take().event.report_offset, 77U);
  EXPECT_EQ(collector_.take().event.key, kKey);
}

}  // namespace
}  // namespace fat
