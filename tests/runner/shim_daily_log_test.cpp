// What a service prints, and the time -> a file for each UTC day.
#include <fcntl.h>
#include <gmock/gmock.h>

#include "fat/model/owned_fd.hpp"
#include "runner/shim/output_log.hpp"
#include "runner/step_fixture.hpp"

namespace fat {
namespace {

using shim::OutputLog;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr Microseconds kBeforeMidnight = std::chrono::seconds{1795391999};  // 2026-11-22 23:59:59

class DailyLogTest : public StepTest {
 protected:
  OutputLog log(std::uint64_t limit, int days, Microseconds wall) {
    if (!folder_fd_) {
      folder_fd_ = OwnedFd{open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    }
    return {folder_fd_.get(), limit, {.prefix = (folder_ / "web").string(), .days = days}, wall};
  }

  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator{folder_}) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  std::string day(const std::string& date) const {
    return content_of(folder_ / ("web_" + date + ".log"));
  }

  OwnedFd folder_fd_;
};

TEST_F(DailyLogTest, BeginsAFileWhenTheUtcDateChanges) {
  auto daily = log(1 << 20, 30, kBeforeMidnight);
  daily.take("one\n", kBeforeMidnight);
  daily.take("two\n", kBeforeMidnight + 999ms);
  daily.take("three\n", kBeforeMidnight + 1s);
  daily.take("four\n", kBeforeMidnight + 30h);

  EXPECT_EQ(day("2026-11-22"), "one\ntwo\n");
  EXPECT_EQ(day("2026-11-23"), "three\n");
  EXPECT_EQ(day("2026-11-24"), "four\n");
  EXPECT_EQ(daily.bytes(), 19U);
  EXPECT_EQ(daily.lost(), 0U);
}

TEST_F(DailyLogTest, TearsNoLineInTwo) {
  auto daily = log(1 << 20, 30, kBeforeMidnight);
  daily.take("a line that is long", kBeforeMidnight);
  daily.take(" in coming\nthe next\n", kBeforeMidnight + 5s);

  EXPECT_EQ(day("2026-11-22"), "a line that is long in coming\n");
  EXPECT_EQ(day("2026-11-23"), "the next\n");
}

TEST_F(DailyLogTest, GoesOnInTheFileOfTheDayAfterARestart) {
  log(1 << 20, 30, kBeforeMidnight).take("one\n", kBeforeMidnight);
  log(1 << 20, 30, kBeforeMidnight).take("two\n", kBeforeMidnight);

  EXPECT_EQ(day("2026-11-22"), "one\ntwo\n");
}

TEST_F(DailyLogTest, IsBoundedWithinADayAndKeepsTheEnd) {
  auto daily = log(4096, 30, kBeforeMidnight);
  const std::string line(99, 'x');
  for (int i = 0; i < 200; ++i) {
    daily.take(line + "\n", kBeforeMidnight);
  }
  daily.take("last\n", kBeforeMidnight);

  EXPECT_THAT(files(), UnorderedElementsAre("web_2026-11-22.log", "web_2026-11-22.log.1"));
  EXPECT_LE(std::filesystem::file_size(folder_ / "web_2026-11-22.log.1"), 4096U);
  EXPECT_TRUE(day("2026-11-22").ends_with("last\n"));
}

TEST_F(DailyLogTest, RemovesWhatIsOlderThanItsDaysAndNothingElse) {
  for (const auto* name : {"web_2026-11-20.log",
                           "web_2026-11-20.log.1",
                           "web_2026-11-21.log",
                           "web_2_2026-01-01.log",
                           "web_notes.log",
                           "camera_2026-01-01.log"}) {
    write_to(folder_ / name, "x");
  }

  auto daily = log(1 << 20, 2, kBeforeMidnight);

  EXPECT_THAT(files(),
              UnorderedElementsAre("web_2026-11-21.log",
                                   "web_2026-11-22.log",
                                   "web_2_2026-01-01.log",
                                   "web_notes.log",
                                   "camera_2026-01-01.log"));
  daily.take("next\n", kBeforeMidnight + 24h);
  EXPECT_THAT(day("2026-11-21"), IsEmpty());
}

}  // namespace
}  // namespace fat
