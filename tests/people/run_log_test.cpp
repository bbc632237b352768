// Events -> the log file and its echo.
#include "fat/people/run_log.hpp"

#include <array>
#include <chrono>
#include <csignal>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "people/sample_run.hpp"

namespace fat {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class RunLogFile : public testing::Test {
 public:
  RunLogFile() {
    std::string name = "/tmp/fat_run_log_XXXXXX";
    folder_ = mkdtemp(name.data());
  }

  ~RunLogFile() override { std::filesystem::remove_all(folder_); }

 protected:
  RunLogOptions options() {
    return {.folder = folder_,
            .run = 12,
            .mode = 0600,
            .echo = -1,
            .complain = [this](const std::string& text) { complaints_.push_back(text); }};
  }

  std::vector<std::string> lines() const {
    std::ifstream file{folder_ / "fat_run_00012.log"};
    std::vector<std::string> result;
    for (std::string line; std::getline(file, line);) {
      result.push_back(line);
    }
    return result;
  }

  std::vector<Event> noted(const std::string& text) const {
    return {event_at(clock_.now(), Noted{"info", text})};
  }

  std::filesystem::path folder_;
  std::vector<std::string> complaints_;
  ManualClock clock_;
  ScriptedCampaign campaign_ = sample_run(clock_.now());
};

TEST_F(RunLogFile, OpensANewPartOfOneFileForEachStart) {
  RunLog{options()}.happened(noted("first"), campaign_, clock_.now());
  RunLog{options()}.happened(noted("second"), campaign_, clock_.now());

  EXPECT_THAT(lines(),
              ElementsAre(StartsWith("==== run 12, new part, 2026-11-21 00:00:00 +0000, process "),
                          "2026-11-21 00:00:00 +0000  first",
                          StartsWith("==== run 12, new part, "),
                          "2026-11-21 00:00:00 +0000  second"));
}

TEST_F(RunLogFile, BeginsANewLineAfterOneThatAPowerCutTore) {
  std::ofstream{folder_ / "fat_run_00012.log"} << "2026-11-20 half a li";

  RunLog{options()}.happened(noted("first"), campaign_, clock_.now());

  EXPECT_EQ(lines()[0], "2026-11-20 half a li");
  EXPECT_THAT(lines()[1], StartsWith("===="));
}

TEST_F(RunLogFile, SaysVirtualInEveryLineOfAVirtualRun) {
  campaign_.the_summary.virtual_station = true;
  RunLog log{options()};

  log.happened(noted("first"), campaign_, clock_.now());
  log.alarm("the journal cannot be written", clock_.now());

  EXPECT_EQ(lines()[1], "2026-11-21 00:00:00 +0000  VIRTUAL  first");
  EXPECT_EQ(lines()[2],
            "2026-11-21 00:00:00 +0000  VIRTUAL  CRITICAL the journal cannot be written");
}

TEST_F(RunLogFile, SaysOnceThatItCannotBeWrittenAndHowMuchIsMissing) {
  std::filesystem::create_directory(folder_ / "fat_run_00012.log");
  RunLog log{options()};
  log.happened(noted("lost 1"), campaign_, clock_.now());
  log.happened(noted("lost 2"), campaign_, clock_.now());
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("fat_run_00012.log cannot be written (")));

  std::filesystem::remove(folder_ / "fat_run_00012.log");
  log.happened(noted("kept"), campaign_, clock_.now());

  EXPECT_THAT(complaints_[1], HasSubstr("is written again; 2 lines missing in it"));
  EXPECT_EQ(lines()[1], "==== here 2 lines missing: the log could not be written ====");
  EXPECT_THAT(lines()[2], EndsWith("kept"));
}

TEST_F(RunLogFile, IsNotHeldUpByAFifoInItsPlace) {
  ASSERT_EQ(mkfifo((folder_ / "fat_run_00012.log").c_str(), 0600), 0);
  RunLog log{options()};

  log.happened(noted("first"), campaign_, clock_.now());

  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("not an ordinary file")));
}

TEST_F(RunLogFile, WritesNothingForEventsThatNobodyNeedsToRead) {
  RunLog log{options()};

  log.happened({event_at(clock_.now(), AttemptReported{})}, campaign_, clock_.now());

  EXPECT_FALSE(std::filesystem::exists(log.file()));
}

TEST_F(RunLogFile, EchoesTheLinesAndIsNotHeldUpByAFullPipe) {
  std::signal(SIGPIPE, SIG_IGN);  // as the program does: the log may outlive the pipe's reader
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
  RunLogOptions with_echo = options();
  with_echo.echo = ends[1];
  RunLog log{with_echo};

  for (int i = 0; i < 20000; ++i) {  // 64 KiB fit into a pipe
    log.happened(noted("one line of many"), campaign_, clock_.now());
  }

  EXPECT_EQ(lines().size(), 20001U);
  std::array<char, 64> start{};
  ASSERT_EQ(read(ends[0], start.data(), 44), 44);
  EXPECT_STREQ(start.data(), "2026-11-21 00:00:00 +0000  one line of many\n");
  EXPECT_EQ(fcntl(ends[1], F_GETFL) & O_NONBLOCK, 0) << "the descriptor of others was changed";
  close(ends[0]);
  close(ends[1]);
}

TEST_F(RunLogFile, EchoesToAnOrdinaryFileBehindWhatIsThere) {
  const auto file = folder_ / "stdout";
  const int fd = open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_EQ(write(fd, "before\n", 7), 7);
  RunLogOptions with_echo = options();
  with_echo.echo = fd;

  RunLog{with_echo}.happened(noted("first"), campaign_, clock_.now());

  close(fd);
  std::ifstream stream{file};
  EXPECT_EQ((std::string{std::istreambuf_iterator<char>{stream}, {}}),
            "before\n2026-11-21 00:00:00 +0000  first\n");
  EXPECT_THAT(complaints_, IsEmpty());
}

}  // namespace
}  // namespace fat
