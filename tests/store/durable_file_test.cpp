// Files that are there whole or not at all, and what a failing call leaves.
#include "store/durable_file.hpp"

#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fat/store/report_file.hpp"
#include "fat/store/telemetry_marks.hpp"
#include "store/kept_text.hpp"
#include "store/temporary_folder.hpp"

namespace fat {
namespace {

using testing::HasSubstr;

/// What a failing function says; the text of `std::system_error` names the file.
template <class Action>
std::string failure_of(const Action& action) {
  try {
    action();
  } catch (const std::system_error& error) {
    return error.what();
  }
  return "no failure";
}

unsigned mode_of(const std::filesystem::path& file) {
  struct stat status {};

  return ::stat(file.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
}

std::size_t entries_of(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator{folder},
                                                std::filesystem::directory_iterator{}));
}

TEST(DurableFile, ARenameToAFreeNameNeverReplacesAnything) {
  const TemporaryFolder folder;
  const auto from = write_text(folder / "new", "new"), to = write_text(folder / "old", "old");

  EXPECT_FALSE(store::rename_to_free_name(from, to));
  EXPECT_EQ(read_text(from), "new");
  EXPECT_EQ(read_text(to), "old");
  EXPECT_TRUE(store::rename_to_free_name(from, folder / "free"));
  EXPECT_EQ(read_text(folder / "free"), "new");
  EXPECT_THAT(failure_of([&] { store::rename_to_free_name(to, folder / "none/old"); }),
              HasSubstr("none/old"));
}

TEST(DurableFile, WhatCannotBeReplacedStandsAndNothingIsLeftBehind) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "target/inside");

  EXPECT_THAT(failure_of([&] { store::replace_file(folder / "target", "text"); }),
              HasSubstr("target"));

  EXPECT_TRUE(std::filesystem::is_directory(folder / "target/inside"));
  EXPECT_EQ(entries_of(folder.path()), 1U);
}

TEST(DurableFile, HasTheModeOfWhatItReplacesOrItsOwn) {
  const TemporaryFolder folder;
  const auto like = write_text(folder / "like", "x");
  std::filesystem::permissions(like, std::filesystem::perms{0604});

  store::replace_file(folder / "a", "text", {.mode = 0600, .as = like});
  store::replace_file(folder / "b", "text", {.mode = 0600, .as = folder / "none"});

  EXPECT_EQ(mode_of(folder / "a"), 0604U);
  EXPECT_EQ(mode_of(folder / "b"), 0600U);
}

TEST(DurableFile, SaysWhichFileCannotBeWrittenSyncedOrRead) {
  const auto full = store::open_file("/dev/full", O_WRONLY);
  EXPECT_THAT(failure_of([&] { store::write_all(full, "x", "/dev/full"); }),
              testing::AllOf(HasSubstr("/dev/full"), HasSubstr("No space left")));
  EXPECT_THAT(failure_of([] { store::sync_file("/dev/null"); }), HasSubstr("/dev/null"));
  // A regular file whose first byte cannot be read.
  EXPECT_THAT(failure_of([] { store::read_whole("/proc/self/mem", 100); }),
              HasSubstr("/proc/self/mem"));
  EXPECT_THROW(store::read_whole("/dev/null", 100), std::runtime_error);
}

TEST(KeptText, SaysWhyItCannotBeRead) {
  const TemporaryFolder folder;
  const auto number = [](const std::string& text) {
    return text == "7" ? std::optional{7} : std::nullopt;
  };

  EXPECT_EQ(store::read_kept(folder / "none", number).second, "");
  EXPECT_EQ(store::read_kept(write_text(folder / "seven", "7"), number).first, 7);
  const auto damaged = store::read_kept(write_text(folder / "six", "6"), number);
  EXPECT_FALSE(damaged.first);
  EXPECT_THAT(damaged.second, HasSubstr("six cannot be read: it is not what it should be"));
  const auto none = store::read_kept(folder.path(), number);
  EXPECT_FALSE(none.first);
  EXPECT_THAT(none.second, HasSubstr("cannot be read: "));
}

TEST(TelemetryMarks, AreNoneWhenTheFileIsNotWhatItShouldBe) {
  const TemporaryFolder folder;
  const auto file = folder / "telemetry.json";
  const std::map<std::string, WallTime> marks{{"top", WallTime{Microseconds{7}}}};
  EXPECT_EQ(read_telemetry_marks(file), std::nullopt);

  write_telemetry_marks(file, marks);

  EXPECT_EQ(read_telemetry_marks(file), marks);
  for (const auto* const text : {"", "[]", R"({"top": 1)", R"({"top": "7"})", R"({"top": 7.5})"}) {
    write_text(file, text);
    EXPECT_EQ(read_telemetry_marks(file), std::nullopt) << text;
  }
}

TEST(ReportFile, WaitsForNobody) {
  const TemporaryFolder folder;
  write_report_file(folder / "run.html", "first", false);
  const int other = ::open(folder.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ASSERT_EQ(::flock(other, LOCK_EX), 0);

  EXPECT_THAT(failure_of([&] { write_report_file(folder / "run.html", "second", false); }),
              HasSubstr("another report is written in "));

  EXPECT_EQ(read_text(folder / "run.html"), "first");
  ::close(other);
  write_report_file(folder / "run.html", "second", true);
  EXPECT_EQ(read_text(folder / "run.html"), "second");
}

TEST(ReportFile, ShowsTheEndOfARegularFileOnly) {
  const TemporaryFolder folder;
  const auto log = write_text(folder / "output.log", "first\nlast\n");

  EXPECT_EQ(read_end(log, 5), "last\n");
  EXPECT_EQ(read_end(log, 500), "first\nlast\n");
  EXPECT_EQ(read_end(folder / "none", 5), std::nullopt);
  EXPECT_EQ(read_end(folder.path(), 5), std::nullopt);
  EXPECT_EQ(read_end("/dev/null", 5), std::nullopt);
}

}  // namespace
}  // namespace fat
