// Readings that wait for the disk.
#include "cli/readings_keeper.hpp"

#include <gmock/gmock.h>
#include <sqlite3.h>

#include "fakes/manual_clock.hpp"
#include "store/temporary_folder.hpp"

namespace fat {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TimedReading reading_at(WallTime at) {
  return {"top",
          {.at = {.wall = at, .boot = {}, .boot_id = {}},
           .value = 1,
           .state = ReadingState::Ok,
           .why = {}}};
}

/// Nobody else writes to that file while it lives.
class LockedFile {
 public:
  explicit LockedFile(const std::filesystem::path& file) {
    sqlite3_open(file.c_str(), &database_);
    sqlite3_exec(database_, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr);
  }

  ~LockedFile() { sqlite3_close(database_); }

  LockedFile(const LockedFile&) = delete;
  LockedFile& operator=(const LockedFile&) = delete;

 private:
  sqlite3* database_ = nullptr;
};

TEST(ReadingsKeeper, SaysHowManyAreLostWhenTooManyWaitedForTheDisk) {
  const TemporaryFolder folder;
  const ManualClock clock;
  ReadingsFile file{folder / "readings.db", ReadingsFile::Mode::Write};
  WaitingReadings waiting;
  std::vector<std::string> said;
  ReadingsKeeper keeper{file, waiting, clock, [&](const auto& text) { said.push_back(text); }};
  {
    const LockedFile locked{folder / "readings.db"};
    for (int number = 0; number < 200'001; ++number) {
      waiting.add(reading_at(clock.now().wall + std::chrono::milliseconds{number}));
    }
    keeper.store();
  }

  keeper.store();

  EXPECT_THAT(said,
              ElementsAre(HasSubstr("readings cannot be stored"),
                          "readings are stored again",
                          "100000 readings are lost: too many waited for the disk"));
  const auto kept = file.after("top", clock.now().wall, 300'000);
  EXPECT_EQ(kept.size(), 100'001U);
}

}  // namespace
}  // namespace fat
