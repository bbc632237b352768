// What is written on the report channel is what its reader reads.
#include "fat/tasks/report_writers.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <sstream>
#include <system_error>

#include <gmock/gmock.h>
#include <unistd.h>

#include "fat/model/owned_fd.hpp"

namespace fat {
namespace {

template <typename Kind>
Kind through_the_channel(const Kind& report) {
  const auto back = parse_report(to_json_line(report));
  const auto* same = std::get_if<Kind>(&back);
  EXPECT_NE(same, nullptr) << to_json_line(report);
  return same == nullptr ? Kind{} : *same;
}

TEST(ReportLine, KeepsAMeasurementWithItsLimits) {
  const Measurement measurement{
      .module = "DEgg2021-3-133",
      .channel = "upper",
      .name = "dark_rate",
      .value = 812.3,
      .unit = "Hz",
      .limits = {.min = {}, .max = 2600, .warn_min = {}, .warn_max = 2000}};

  EXPECT_EQ(through_the_channel(MeasurementReport{measurement}).measurement, measurement);
}

TEST(ReportLine, KeepsAValueThatIsNoNumber) {
  const Measurement measurement{.module = "m",
                                .channel = {},
                                .name = "n",
                                .value = std::numeric_limits<double>::quiet_NaN(),
                                .unit = {},
                                .limits = {}};

  EXPECT_FALSE(
      std::isfinite(through_the_channel(MeasurementReport{measurement}).measurement.value));
}

TEST(ReportLine, KeepsEveryOtherKind) {
  EXPECT_EQ(through_the_channel(ProgressReport{0.25, "PMT 7"}).text, "PMT 7");
  through_the_channel(Heartbeat{});
  EXPECT_EQ(through_the_channel(ModuleReport{"m", "unresponsive", "why"}).state, "unresponsive");
  EXPECT_EQ(through_the_channel(ArtifactReport{"gain.png", "image/png"}).file, "gain.png");
  EXPECT_EQ(through_the_channel(MessageReport{"text", "critical"}).level, "critical");
  EXPECT_EQ(through_the_channel(VerdictReport{"m", Verdict::Failed, "r"}).verdict, Verdict::Failed);
  EXPECT_EQ(through_the_channel(CheckpointReport{"half"}).text, "half");
  EXPECT_EQ(through_the_channel(ReadingReport{"freezer", -39.8, "degC"}).value, -39.8);
  PromptReport prompt;
  prompt.prompt.text = "ok?";
  EXPECT_EQ(through_the_channel(prompt).prompt.text, "ok?");
  prompt.prompt.kind = PromptKind::Choice;
  prompt.prompt.choices = {"left", "right"};
  EXPECT_EQ(through_the_channel(prompt).prompt.choices, prompt.prompt.choices);
}

TEST(ReportLine, StaysOneLineWhateverTheTextHolds) {
  const auto line = to_json_line(MessageReport{"a\nb\xff\"", "info"});

  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_TRUE(std::holds_alternative<MessageReport>(parse_report(line)));
}

TEST(JsonReporter, WritesWholeLinesToItsDescriptor) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const OwnedFd reading{ends[0]}, writing{ends[1]};
  JsonReporter reporter{writing.get()};

  reporter.report(Heartbeat{});
  reporter.report(MessageReport{"x", "info"});

  std::array<char, 200> bytes{};
  const auto count = ::read(reading.get(), bytes.data(), bytes.size());
  EXPECT_EQ((std::string{bytes.data(), static_cast<std::size_t>(count)}),
            "{\"heartbeat\":true}\n{\"message\":\"x\",\"level\":\"info\"}\n");
}

TEST(JsonReporter, ThrowsWhenNobodyCanHearIt) {
  JsonReporter reporter{1023};

  EXPECT_THROW(reporter.report(Heartbeat{}), std::system_error);
}

TEST(TextReporter, WritesForPeople) {
  std::ostringstream out;
  TextReporter reporter{out};

  reporter.report(ProgressReport{0.5, "half"});
  reporter.report(MeasurementReport{{.module = "m",
                                     .channel = "upper",
                                     .name = "hv1",
                                     .value = 1500,
                                     .unit = "V",
                                     .limits = {}}});
  reporter.report(ModuleReport{"m", "unresponsive", "no prompt"});

  EXPECT_EQ(out.str(), " 50 %  half\nm upper hv1 = 1500 V\nm is unresponsive: no prompt\n");
}

TEST(TextReporter, HasALineForEveryKindButSignsOfLife) {
  std::ostringstream out;
  TextReporter reporter{out};
  PromptReport prompt;
  prompt.prompt.text = "ok?";

  reporter.report(Heartbeat{});
  reporter.report(UnknownReport{});
  reporter.report(ArtifactReport{"gain.png", "image/png"});
  reporter.report(MessageReport{"wait", "warning"});
  reporter.report(VerdictReport{"m", Verdict::Failed, "dark"});
  reporter.report(CheckpointReport{"half"});
  reporter.report(ReadingReport{"freezer", -39.8, "degC"});
  reporter.report(prompt);

  EXPECT_EQ(out.str(),
            "file: gain.png\nwarning: wait\nm " + std::string{to_string(Verdict::Failed)} +
                ": dark\ncheckpoint: half\nfreezer = -39.8 degC\n? ok?\n");
}

TEST(JsonReporter, SaysNothingOfWhatItDoesNotKnow) {
  EXPECT_EQ(to_json_line(UnknownReport{}), "");
  JsonReporter nobody{1023};
  EXPECT_NO_THROW(nobody.report(UnknownReport{}));
}

}  // namespace
}  // namespace fat
