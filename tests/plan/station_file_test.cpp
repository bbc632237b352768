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

const DeviceCatalog& kinds() {
  static const DeviceCatalog catalog{
      {"supply",
       "",
       {LinkKind::Tcp, LinkKind::Serial},
       {{"max_voltage", ParameterType::Voltage, false, "", ""},
        {"first_byte", ParameterType::Duration, false, "", ""}},
       {}},
      {"freezer",
       "",
       {},
       {{"thermometer", ParameterType::Text, true, "", "who measures"}},
       {{"thermometer", {"supply"}}}}};
  return catalog;
}

TEST(StationFile, DeclaresDevices) {
  const auto file = parse_station_file(
      "[device heater]\nmax_voltage = 24 V\nlink = tcp 10.0.0.5:5555\nkind = supply\n"
      "[device cold]\nkind = freezer\nthermometer = heater\n",
      "station.ini",
      "/b",
      kinds());

  EXPECT_THAT(texts(file.problems), IsEmpty());
  ASSERT_EQ(file.station.devices.size(), 2U);
  EXPECT_EQ(file.station.devices[0].name, "heater");
  EXPECT_EQ(file.station.devices[0].kind, "supply");
  EXPECT_EQ(file.station.devices[0].link->host, "10.0.0.5");
  EXPECT_EQ(file.station.devices[0].parameters.at("max_voltage"), "24 V");
}

TEST(StationFile, ReportsEveryMistakeOfADeviceAtOnce) {
  const auto file = parse_station_file(
      "[device a]\nkind = suply\nlink = tcp 10.0.0.5:5555\n"
      "[device b]\nkind = supply\nlink = tpc 10.0.0.5:5555\nmax_voltge = 3 V\nfirst_byte = 3\n"
      "[device c]\nkind = supply\n"
      "[device d]\nkind = supply\nlink = zmq h:1\n"
      "[device e]\nkind = freezer\nlink = tcp h:1\nthermometer = bb\n"
      "[device f]\nkind = freezer\n"
      "[device g]\nlink = tcp h:1\n",
      "station.ini",
      "/b",
      kinds());

  EXPECT_THAT(
      texts(file.problems),
      testing::UnorderedElementsAre(
          "station.ini:2: 'kind' in [device a]: there is no driver of kind 'suply'; did you mean "
          "'supply'?; there are: supply, freezer",
          "station.ini:6: 'link' in [device b]: a link begins with tcp, serial, prologix, zmq or "
          "command, not with 'tpc'; did you mean 'tcp'?",
          "station.ini:7: 'max_voltge' in [device b]: supply has no such key; did you mean "
          "'max_voltage'?",
          HasSubstr("station.ini:8: 'first_byte' in [device b]: '3' is not a duration"),
          "station.ini:9: [device c] lacks 'link': supply has tcp or serial",
          "station.ini:13: 'link' in [device d]: supply has no zmq link but tcp or serial",
          "station.ini:16: 'link' in [device e]: freezer has no link",
          HasSubstr("station.ini:17: 'thermometer' in [device e]: there is no [device bb] of kind "
                    "supply"),
          "station.ini:18: [device f] lacks 'thermometer' (who measures)",
          "station.ini:20: [device g] lacks 'kind'"));
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
