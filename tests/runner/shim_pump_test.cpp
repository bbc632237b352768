// Output, report and answers: bounded, complete, never in the command's way.
#include "fat/model/report_line.hpp"
#include "runner/step_fixture.hpp"

namespace fat {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Pump : public StepTest {
 protected:
  std::vector<std::string> report() const {
    ReportReader reader{attempt() / "report.jsonl"};
    std::vector<std::string> lines;
    for (bool more = true; more;) {
      auto batch = reader.read();
      more = batch.more;
      std::ranges::move(batch.lines, std::back_inserter(lines));
    }
    return lines;
  }

  /// What the step wrote in line `number`.
  std::string said(std::size_t number) const {
    const auto lines = report();
    const auto line = parse_report_file_line(lines.at(number));
    return line ? std::string{line->report} : "not a report line: " + lines.at(number);
  }

  std::uintmax_t size_of(const char* name) const {
    std::error_code none;
    const auto size = std::filesystem::file_size(attempt() / name, none);
    return none ? 0 : size;
  }
};

TEST_F(Pump, OutputOfAnySizeIsBoundedOnDiskAndItsEndIsKept) {
  auto what = shell("head -c 200000000 /dev/zero; echo the end");
  what.output_limit = 1'000'000;

  const auto record = run(what);

  EXPECT_EQ(record.output_bytes, 200'000'008U);
  EXPECT_EQ(size_of("output.log.1"), 1'000'000U);
  EXPECT_EQ(size_of("output.log"), 8U);
  EXPECT_THAT(content_of(attempt() / "output.log"), EndsWith("the end\n"));
}

TEST_F(Pump, EveryCompleteReportLineIsKeptWithItsTime) {
  const auto record =
      run(shell(R"(printf '{"heartbeat":true}\n{"progr' >&3; printf 'ess":1}\n' >&3)"));

  const auto lines = report();
  const auto line = parse_report_file_line(lines.at(0));
  ASSERT_TRUE(line);
  EXPECT_EQ(line->report, "{\"heartbeat\":true}");
  EXPECT_GE(line->at, record.started);
  EXPECT_LE(line->at, record.ended + 1s);
  EXPECT_EQ(said(1), "{\"progress\":1}");
  EXPECT_EQ(record.report_bytes, size_of("report.jsonl"));
}

TEST_F(Pump, TheLastLineCountsAlsoWithoutItsEnd) {
  run(shell(R"(printf '\n\n{"heartbeat":true}' >&3)"));

  EXPECT_THAT(report(), SizeIs(1));
  EXPECT_EQ(said(0), "{\"heartbeat\":true}");
}

TEST_F(Pump, AChattyReportLosesNothing) {
  const auto record =
      run(python("import os\nwith os.fdopen(3, 'w') as f:\n"
                 "  for i in range(100000): f.write('{\"progress\": %d}\\n' % i)\n"));

  EXPECT_THAT(report(), SizeIs(100'000));
  EXPECT_EQ(said(99'999), "{\"progress\": 99999}");
  EXPECT_EQ(record.report_dropped, 0U);
  EXPECT_TRUE(is_report_complete(attempt(), record));
}

TEST_F(Pump, AnOverlongReportLineIsReplacedByAWarning) {
  const auto record =
      run(shell("{ head -c 1100000 /dev/zero; echo; echo '{\"heartbeat\":true}'; } >&3"));

  EXPECT_THAT(report(), SizeIs(2));
  EXPECT_THAT(said(0), HasSubstr("over 1 MiB was dropped"));
  EXPECT_EQ(said(1), "{\"heartbeat\":true}");
  EXPECT_EQ(record.report_dropped, 1'100'000U);
}

TEST_F(Pump, AReportOverItsLimitIsCutWithOneWarning) {
  auto what =
      shell("i=0; while [ $i -lt 1000 ]; do echo '{\"heartbeat\":true}'; i=$((i+1)); done >&3");
  what.report_limit = 5000;

  const auto record = run(what);

  EXPECT_LT(size_of("report.jsonl"), 5200U);
  EXPECT_THAT(report().back(), HasSubstr("the report is full"));
  EXPECT_GT(record.report_dropped, 10'000U);
  EXPECT_TRUE(is_report_complete(attempt(), record));
}

TEST_F(Pump, BytesThatAreNoTextPassThrough) {
  run(shell(R"(printf 'a\000b\377\n' >&3)"));

  EXPECT_THAT(report().at(0), HasSubstr(std::string("a\0b\377", 4)));
}

TEST_F(Pump, AnAnswerReachesTheCommand) {
  auto step =
      launch(shell(R"(echo '{"prompt": {"text": "ready?"}}' >&3; read answer <&4; echo "$answer")"),
             FAT_STEP_PATH);
  report_with("prompt");

  append_answer(attempt(), R"({"value": "yes"})");
  EXPECT_TRUE(step.signal(ShimSignal::ReadAnswers));
  finish(step);

  EXPECT_EQ(content_of(attempt() / "output.log"), "{\"value\": \"yes\"}\n");
}

TEST_F(Pump, AnAnswerGivenBeforeTheShimHadSettledIsNotLost) {
  auto step = launch(shell("read answer <&4; echo \"$answer\""), FAT_STEP_PATH);

  append_answer(attempt(), "early");
  step.signal(ShimSignal::ReadAnswers);
  finish(step);

  EXPECT_EQ(content_of(attempt() / "output.log"), "early\n");
}

TEST_F(Pump, ATornAnswerDoesNotSpoilTheNext) {
  auto step = launch(shell("read torn <&4; read answer <&4; echo \"$answer\""), FAT_STEP_PATH);
  write_to(attempt() / "answers.jsonl", "{\"val");

  append_answer(attempt(), "whole");
  step.signal(ShimSignal::ReadAnswers);
  finish(step);

  EXPECT_EQ(content_of(attempt() / "output.log"), "whole\n");
}

TEST_F(Pump, ACommandThatNeverReadsItsAnswersIsNotWaitedFor) {
  auto step = launch(shell(R"(echo '{"message": "ready"}' >&3; while :; do sleep 0.01; done)"),
                     FAT_STEP_PATH);
  report_with("ready");
  for (int i = 0; i < 200; ++i) {
    append_answer(attempt(), std::string(4000, 'x'));
  }

  step.signal(ShimSignal::ReadAnswers);
  step.signal(ShimSignal::Abort);

  EXPECT_EQ(finish(step).ended_by, EndedBy::Abort);
}

TEST_F(Pump, AllAnswersOfASlowReaderArrive) {
  auto step =
      launch(shell(R"(echo '{"message": "ready"}' >&3; sleep 0.2; head -n 200 <&4 | wc -c)"),
             FAT_STEP_PATH);
  report_with("ready");
  for (int i = 0; i < 200; ++i) {
    append_answer(attempt(), std::string(3999, 'x'));
  }

  step.signal(ShimSignal::ReadAnswers);
  finish(step);

  EXPECT_EQ(content_of(attempt() / "output.log"), "800000\n");
}

TEST(ReportReader, GivesOutOnlyCompleteLinesAndGoesOnFromItsOffset) {
  const auto file = std::filesystem::temp_directory_path() / ("report_" + std::to_string(getpid()));
  write_to(file, "one\ntwo\nthr");
  ReportReader first{file};
  EXPECT_THAT(first.read().lines, ElementsAre("one", "two"));
  EXPECT_EQ(first.offset(), 8U);

  std::ofstream{file, std::ios::app} << "ee\nfour\n";

  EXPECT_THAT(first.read().lines, ElementsAre("three", "four"));
  EXPECT_THAT(ReportReader(file, 8).read().lines, ElementsAre("three", "four"));
  EXPECT_THAT(ReportReader(file, 500).read().lines, IsEmpty());
  std::filesystem::remove(file);
}

TEST(ReportReader, CutsALineThatIsTooLongAndGoesOnBehindIt) {
  const auto file = std::filesystem::temp_directory_path() / ("long_" + std::to_string(getpid()));
  write_to(file, std::string(3U << 20, 'x') + "\nnext\n");
  ReportReader reader{file};
  std::vector<std::string> lines;

  for (bool more = true; more;) {
    auto batch = reader.read();
    more = batch.more;
    std::ranges::move(batch.lines, std::back_inserter(lines));
  }

  EXPECT_THAT(lines, ElementsAre(SizeIs(256), "next"));
  std::filesystem::remove(file);
}

TEST(ProcessTable, ANameMayHoldParenthesesAndSpaces) {
  const auto process = parse_process_stat(
      "42 (a) R 1 (b) S 7 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 3 0 98765 1000 2 "
      "18446744073709551615");

  ASSERT_TRUE(process);
  EXPECT_EQ(process->id, 42);
  EXPECT_EQ(process->parent, 7);
  EXPECT_EQ(process->state, 'S');
  EXPECT_EQ(process->threads, 3);
  EXPECT_EQ(process->start_time, 98765U);
}

TEST(ProcessTable, WhatIsNoStatLineIsNoProcess) {
  for (const char* text : {"",
                           "42",
                           "42 (x",
                           "42 (x) ",
                           "42 (x) S 1 2",
                           ") (",
                           "0 (y) S 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
                           "-42 (y) S 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
                           "x (y) S 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"}) {
    EXPECT_FALSE(parse_process_stat(text)) << text;
  }
}

TEST(ProcessTable, ASignalNeverReachesALaterProcessWithTheSameId) {
  auto me = process_stat(getpid());
  ASSERT_TRUE(me);
  ++me->start_time;

  EXPECT_EQ(signal_process(*me, SIGKILL), ESRCH);
}

}  // namespace
}  // namespace fat
