// Lines of the report channel, honest and hostile.
#include "fat/model/report_line.hpp"

#include <cmath>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fat {

namespace {

template <class Kind>
Kind parsed(std::string_view line) {
  const auto report = parse_report(line);
  const auto* const unknown = std::get_if<UnknownReport>(&report);
  EXPECT_TRUE(std::holds_alternative<Kind>(report)) << line << (unknown ? ": " + unknown->why : "");
  return std::holds_alternative<Kind>(report) ? std::get<Kind>(report) : Kind{};
}

std::string why_unknown(std::string_view line) {
  return parsed<UnknownReport>(line).why;
}

bool is_unknown(std::string_view line) {
  return std::holds_alternative<UnknownReport>(parse_report(line));
}

}  // namespace

TEST(ParseReport, ReadsProgressHeartbeatAndCheckpoint) {
  const auto progress = parsed<ProgressReport>(R"({"progress": 0.25, "text": "PMT 7 of 32"})");

  EXPECT_EQ(progress.fraction, 0.25);
  EXPECT_EQ(progress.text, "PMT 7 of 32");
  parsed<Heartbeat>(R"({"heartbeat": true})");
  EXPECT_EQ(parsed<CheckpointReport>(R"({"checkpoint": "PMT 7"})").text, "PMT 7");
}

TEST(ParseReport, ReadsAMeasurementWithItsLimits) {
  const auto report = parsed<MeasurementReport>(
      R"({"measurement": {"module": "DEgg2021-3-133", "channel": "upper", "name": "dark_rate",
          "value": 812.3, "unit": "Hz", "min": null, "max": 2600, "warn_min": 1, "warn_max": 2000}})");

  EXPECT_EQ(
      report.measurement,
      (Measurement{
          "DEgg2021-3-133", "upper", "dark_rate", 812.3, "Hz", {std::nullopt, 2600, 1, 2000}}));
}

TEST(ParseReport, KeepsAValueThatIsNotFiniteAsInconclusive) {
  for (const std::string value : {"null", "\"nan\"", "\"inf\"", "NaN", "Infinity", "-Infinity"}) {
    const auto report = parsed<MeasurementReport>(
        R"({"measurement": {"module": "NaN m", "name": "a\"NaN", "max": 1, "value": )" + value +
        "}}");

    EXPECT_TRUE(std::isnan(report.measurement.value)) << value;
    EXPECT_EQ(report.measurement.name, "a\"NaN");
    EXPECT_EQ(judge(report.measurement), Verdict::Inconclusive);
  }
}

TEST(ParseReport, RefusesAMeasurementThatCannotBeJudgedAsItWasMeant) {
  EXPECT_TRUE(is_unknown(R"({"measurement": {"module": "m", "name": "n"}})"));
  EXPECT_TRUE(is_unknown(R"({"measurement": {"module": "m", "name": "n", "value": "812"}})"));
  EXPECT_TRUE(is_unknown(R"({"measurement": {"module": "m", "value": 1}})"));
  EXPECT_TRUE(is_unknown(R"({"measurement": {"name": "n", "value": 1}})"));
  EXPECT_EQ(why_unknown(R"({"measurement": {"module": "m", "name": "n", "value": 1, "max": "2"}})"),
            "measurement: a limit must be a number");
  EXPECT_TRUE(is_unknown(R"({"measurement": 5})"));
}

TEST(ParseReport, ReadsWhatIsSaidAboutModules) {
  const auto module =
      parsed<ModuleReport>(R"({"module": "m", "state": "unresponsive", "reason": "no prompt"})");
  const auto verdict =
      parsed<VerdictReport>(R"({"module": "m", "verdict": "failed", "reason": "dark"})");

  EXPECT_EQ(module.module + module.state + module.reason, "munresponsiveno prompt");
  EXPECT_EQ(verdict.module, "m");
  EXPECT_EQ(verdict.verdict, Verdict::Failed);
  EXPECT_EQ(verdict.reason, "dark");
  EXPECT_TRUE(is_unknown(R"({"module": "m", "state": "tired"})"));
  EXPECT_TRUE(is_unknown(R"({"module": "m", "verdict": "broken"})"));
  EXPECT_TRUE(is_unknown(R"({"verdict": "failed"})"));
}

TEST(ParseReport, ReadsMessagesAndTakesAnUnknownLevelForAWarning) {
  EXPECT_EQ(parsed<MessageReport>(R"({"message": "t"})").level, "info");
  EXPECT_EQ(parsed<MessageReport>(R"({"message": "t", "level": "critical"})").level, "critical");
  EXPECT_EQ(parsed<MessageReport>(R"({"message": "t", "level": "ERROR"})").level, "warning");
}

TEST(ParseReport, ReadsReadings) {
  const auto reading =
      parsed<ReadingReport>(R"({"reading": "freezer", "value": -39.8, "unit": "degC"})");

  EXPECT_EQ(reading.name, "freezer");
  EXPECT_EQ(reading.value, -39.8);
  EXPECT_EQ(reading.unit, "degC");
}

TEST(ParseReport, TakesOnlyArtifactsWithinTheFolderOfTheStep) {
  EXPECT_EQ(
      parsed<ArtifactReport>(R"({"artifact": "a/./b/../gain.png", "mime": "image/png"})").file,
      "a/gain.png");
  for (const std::string path : {"/etc/passwd",
                                 "..",
                                 "../x",
                                 "a/../../x",
                                 "",
                                 ".",
                                 "a/..",
                                 "a/",
                                 "a\\u0000b",
                                 "a\\u001bb",
                                 "./../x",
                                 "//x"}) {
    EXPECT_TRUE(is_unknown(R"({"artifact": ")" + path + "\"}")) << path;
  }
  EXPECT_TRUE(is_unknown(R"({"artifact": ["a"]})"));
  EXPECT_TRUE(is_unknown(R"({"artifact": ")" + std::string(5000, 'a') + "\"}"));
}

TEST(ParseReport, ReadsPrompts) {
  const auto prompt =
      parsed<PromptReport>(
          R"({"prompt": {"text": "Which?", "kind": "choice", "choices": ["a", "b"], "default": "b", "deadline": 1.5}})")
          .prompt;

  EXPECT_EQ(prompt.kind, PromptKind::Choice);
  EXPECT_EQ(prompt.purpose, PromptPurpose::StepQuestion);
  EXPECT_THAT(prompt.choices, testing::ElementsAre("a", "b"));
  EXPECT_EQ(prompt.default_value, "b");
  EXPECT_EQ(prompt.deadline, std::chrono::milliseconds{1500});
  EXPECT_EQ(parsed<PromptReport>(R"({"prompt": {"text": "Go?"}})").prompt.kind, PromptKind::Ok);
}

TEST(ParseReport, RefusesPromptsNobodyCouldAnswer) {
  EXPECT_TRUE(is_unknown(R"({"prompt": {"kind": "ok"}})"));
  EXPECT_TRUE(is_unknown(R"({"prompt": {"text": "a", "kind": "choice"}})"));
  EXPECT_TRUE(is_unknown(R"({"prompt": {"text": "a", "kind": "choice", "choices": ["x", "x"]}})"));
  EXPECT_TRUE(is_unknown(R"({"prompt": {"text": "a", "kind": "choice", "choices": ["x", 1]}})"));
  EXPECT_TRUE(is_unknown(R"({"prompt": {"text": "a", "kind": "riddle"}})"));
  EXPECT_TRUE(is_unknown(R"({"prompt": {"text": "a", "remind_every": 0}})"));
  EXPECT_TRUE(is_unknown(R"({"prompt": {"text": "a", "escalate_to": "ben"}})"));
  EXPECT_TRUE(is_unknown(R"({"prompt": {"text": "a", "deadline": -1}})"));
  EXPECT_TRUE(is_unknown(R"({"prompt": {"text": "a", "deadline": 1e300}})"));
  EXPECT_EQ(why_unknown(R"({"prompt": {"text": "a", "default": "maybe"}})"),
            "prompt: 'default' must be yes or no");
}

TEST(ParseReport, FreesTextsOfControlCharactersAndCutsThem) {
  const auto clean =
      parsed<MessageReport>(R"({"message": "a\u001b[31mb\nc\u009bd\u202ee\u0000f"})").text;
  const auto cut =
      parsed<MessageReport>(R"({"message": ")" + std::string(10'000, 'x') + "\"}").text;
  const auto mended = parsed<MessageReport>("{\"message\": \"a\xFF\xC3(\"}").text;

  EXPECT_EQ(clean, "a[31mb cdef");
  EXPECT_EQ(cut.size(), 4096U);
  EXPECT_EQ(mended, "a\xEF\xBF\xBD\xEF\xBF\xBD(");
}

TEST(ParseReport, CallsAnythingElseUnknown) {
  for (const std::string line : {"",
                                 "x",
                                 "5",
                                 "[]",
                                 "null",
                                 "{}",
                                 R"({"a":1})",
                                 R"({"progress":2})",
                                 R"({"progress":"1"})",
                                 R"({"message":5})",
                                 R"({"module":5,"state":"responsive"})",
                                 R"({"module":"","state":"responsive"})",
                                 R"({"checkpoint":5})",
                                 R"({"reading":"","value":1})",
                                 R"({"reading":"top","value":"warm"})",
                                 R"({"reading":"top"})",
                                 R"({"prompt":"go on?"})",
                                 R"({"progress":1e999})",
                                 "\"",
                                 R"({"message":"\ud800"})",
                                 R"({"message":"\)"}) {
    EXPECT_TRUE(is_unknown(line)) << line;
  }
  EXPECT_TRUE(is_unknown(std::string(1'000'000, '[')));
  EXPECT_TRUE(is_unknown(R"({"message": )" + std::string(17, '[') + std::string(17, ']') + "}"));
  EXPECT_TRUE(is_unknown(R"({"message": ")" + std::string(2'000'000, 'x') + "\"}"));
}

TEST(ParseReportFileLine, GivesTheTimeAndTheRawReport) {
  const auto line =
      parse_report_file_line(R"({"at":1795227602123456,"report":{"heartbeat":true}})");

  ASSERT_TRUE(line);
  EXPECT_EQ(line->at, WallTime{Microseconds{1795227602123456}});
  EXPECT_EQ(line->report, R"({"heartbeat":true})");
}

TEST(ParseReportFileLine, TakesTheTimeOfTheShimWhateverTheReportSays) {
  const auto line = parse_report_file_line(R"({"at":5,"report":{}},"at":9,"report":{"at":7}})");

  ASSERT_TRUE(line);
  EXPECT_EQ(line->at, WallTime{Microseconds{5}});
  EXPECT_EQ(line->report, R"({}},"at":9,"report":{"at":7})");
}

TEST(ParseReportFileLine, RefusesEverythingThatIsNotExactlyThat) {
  for (const std::string text : {R"()",
                                 R"({"at":5,"report":})",
                                 R"({"at":,"report":{}})",
                                 R"({"at":-5,"report":{}})",
                                 "{\"at\":5,\"report\":{}}\n",
                                 R"( {"at":5,"report":{}})",
                                 R"({"report":{},"at":5})",
                                 R"({"at":1234567890123456789,"report":{}})",
                                 R"({"at":5.0,"report":{}})",
                                 R"({"at":5,"report")",
                                 R"({"at":})",
                                 R"({"at":5)",
                                 R"({"at":5,"report":{}}x)"}) {
    EXPECT_FALSE(parse_report_file_line(text)) << text;
  }
}

}  // namespace fat
