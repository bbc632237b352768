#include "fat/plan/station_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/plan_test_support.hpp"

namespace fat {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(StationFile, HasDefaultsWithoutAFile) {
  const TestFolder folder;
  const auto file = load_station_file(folder.path());

  EXPECT_THAT(file.problems, IsEmpty());
  EXPECT_FALSE(file.station.has_file);
  EXPECT_EQ(file.station.name, folder.path().filename().string());
  EXPECT_EQ(file.station.runs, folder.path() / "runs");
  EXPECT_EQ(file.station.state, folder.path());
}

TEST(StationFile, SaysWhatTheBenchIsMadeOf) {
  const auto file = parse_station_file(
      "[station]\nname = Chiba\ntime_zone = Asia/Tokyo\nquiet_hours = 22:00-07:00\n"
      "[paths]\nruns = data/json\nstate = /var/lib/fat\n"
      "[backup disk 1]\ntarget = /mnt/a\nkeep = 5\ntimeout = 2 min\n",
      "station.ini",
      "/bench");

  EXPECT_THAT(texts(file.problems), IsEmpty());
  EXPECT_EQ(file.station.name, "Chiba");
  EXPECT_EQ(file.station.runs, "/bench/data/json");
  EXPECT_EQ(file.station.state, "/var/lib/fat");
  ASSERT_EQ(file.station.backups.size(), 1U);
  EXPECT_EQ(file.station.backups[0].name, "disk 1");
  EXPECT_EQ(file.station.backups[0].target, "/mnt/a");
  EXPECT_EQ(file.station.backups[0].keep, 5);
}

TEST(StationFile, ReportsWhatItDoesNotKnow) {
  const auto file =
      parse_station_file("[station]\nnam = x\n[modules]\nlist = m.csv\n", "station.ini", "/b");

  EXPECT_THAT(
      texts(file.problems),
      ElementsAre(
          "station.ini:2: 'nam' in [station]: unknown key; did you mean 'name'?",
          HasSubstr("station.ini:3: this version knows no section [modules] in a station file")));
}

TEST(StationFile, ReportsValuesThatCannotBe) {
  const auto file = parse_station_file(
      "[station]\ntime_zone = Europe/Atlantis\nquiet_hours = late\ngroup = no such group\n"
      "[backup a]\nkeep = -1\n",
      "station.ini",
      "/b");

  EXPECT_THAT(
      texts(file.problems),
      ElementsAre(
          HasSubstr(
              "station.ini:2: 'time_zone' in [station]: 'Europe/Atlantis' is not a time zone"),
          HasSubstr("station.ini:3:"),
          HasSubstr("station.ini:4:"),
          HasSubstr("station.ini:6:"),
          HasSubstr("station.ini:5: [backup a] lacks 'target'")));
  EXPECT_THAT(file.station.backups, IsEmpty());
}

TEST(StationFile, KeepsTheSectionsOfItsSteps) {
  const auto file = parse_station_file(
      "[safe_state]\nsteps = laser off\n[laser off]\ntask = disable_laser\n[laser of]\ntask = x\n",
      "station.ini",
      "/b");

  EXPECT_THAT(file.safe_state.names, ElementsAre("laser off"));
  ASSERT_EQ(file.steps.sections.size(), 1U);
  EXPECT_THAT(texts(file.problems), ElementsAre(HasSubstr("[laser of]")));
}

}  // namespace
}  // namespace fat
