// Schedules kept as they were at each start.
#include "fat/store/schedule_archive.hpp"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/temporary_folder.hpp"

namespace fat {
namespace {

TEST(ArchiveSchedule, NeverUsesANameTwice) {
  const TemporaryFolder folder;
  const auto schedule = write_text(folder / "cold fat.ini", "one");
  const auto run = folder / "runs/run_00012";

  EXPECT_EQ(archive_schedule(schedule, run), run / "cold fat_0.ini");
  write_text(schedule, "two");
  EXPECT_EQ(archive_schedule(schedule, run), run / "cold fat_1.ini");
  std::filesystem::remove(run / "cold fat_0.ini");
  EXPECT_EQ(archive_schedule(schedule, run), run / "cold fat_2.ini");

  EXPECT_EQ(read_text(run / "cold fat_1.ini"), "two");
}

TEST(ArchiveSchedule, IsNotConfusedByOtherNames) {
  const TemporaryFolder folder;
  const auto schedule = write_text(folder / "a.ini", "x");
  for (const char* name :
       {"run/a_.ini", "run/a_7.txt", "run/ab_9.ini", "run/a_-3.ini", "run/a_x.ini"}) {
    write_text(folder / name, "y");
  }

  EXPECT_EQ(archive_schedule(schedule, folder / "run"), folder / "run/a_0.ini");
}

TEST(ArchiveSchedule, GivesEachOfManyStartsItsOwnCopy) {
  const TemporaryFolder folder;
  const auto schedule = write_text(folder / "a.ini", "x");
  for (int start = 0; start < 8; ++start) {
    if (::fork() == 0) {
      archive_schedule(schedule, folder / "run");
      ::_exit(0);
    }
  }
  while (::wait(nullptr) > 0) {
  }

  for (int number = 0; number < 8; ++number) {
    EXPECT_EQ(read_text(folder / ("run/a_" + std::to_string(number) + ".ini")), "x") << number;
  }
}

TEST(ArchiveSchedule, RefusesWhatIsNotAFile) {
  const TemporaryFolder folder;

  EXPECT_THROW(archive_schedule(folder.path(), folder / "run"), std::runtime_error);
  EXPECT_THROW(archive_schedule(folder / "missing.ini", folder / "run"), std::system_error);
}

}  // namespace
}  // namespace fat
