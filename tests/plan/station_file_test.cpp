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
  EXPECT_EQ(file.station.backups[0].keep, (Retention{.last = 5, .daily = 0}));
}

TEST(StationFile, TakesABackupOnAnotherHost) {
  const auto file = parse_station_file(
      "[backup away]\ntarget = ssh anna@nas.lab:/fat/backup/\nkeep = last 20, daily 30\n"
      "[backup here]\ntarget = mount\nkeep = 0\n",
      "station.ini",
      "/bench");

  EXPECT_THAT(texts(file.problems), IsEmpty());
  ASSERT_EQ(file.station.backups.size(), 2U);
  EXPECT_EQ(shown_place(file.station.backups[0]), "anna@nas.lab:/fat/backup");
  EXPECT_EQ(file.station.backups[0].keep, (Retention{.last = 20, .daily = 30}));
  EXPECT_EQ(shown_place(file.station.backups[1]), "/bench/mount");
  EXPECT_EQ(file.station.backups[1].keep, (Retention{.last = 0, .daily = 0}));
}

TEST(StationFile, RefusesWhatSshOrAShellCouldTakeForSomethingElse) {
  for (const std::string target : {"ssh nas",
                                   "ssh nas:relative",
                                   "ssh -oProxyCommand=x:/a",
                                   "ssh a b:/c",
                                   "ssh $(x):/a",
                                   "ssh @:/a",
                                   "ssh :/a"}) {
    const auto file =
        parse_station_file("[backup a]\ntarget = " + target + "\n", "station.ini", "/b");

    EXPECT_THAT(texts(file.problems), ElementsAre(HasSubstr("'ssh user@host:/folder'"))) << target;
    EXPECT_THAT(file.station.backups, IsEmpty());
  }
  for (const std::string keep : {"last", "last 0", "20, 30", "last 1, last 2", "weekly 3", "-1"}) {
    const auto file =
        parse_station_file("[backup a]\ntarget = x\nkeep = " + keep + "\n", "station.ini", "/b");

    EXPECT_THAT(texts(file.problems), ElementsAre(HasSubstr("last 20, daily 30"))) << keep;
  }
}

TEST(StationFile, ReportsWhatItDoesNotKnow) {
  const auto file =
      parse_station_file("[station]\nnam = x\n[modulez]\nlist = m.csv\n", "station.ini", "/b");

  EXPECT_THAT(
      texts(file.problems),
      ElementsAre(
          "station.ini:2: 'nam' in [station]: unknown key; did you mean 'name'?",
          HasSubstr("station.ini:3: this version knows no section [modulez] in a station file")));
}

TEST(StationFile, SaysWhereModulesAreAndHowTheyAreAsked) {
  const auto file = parse_station_file(
      "[modules]\naddresses = 5000-5003\ndatabase = lab/modules.csv\ntimeout = 5 s\n"
      "probe = true {serial} --at={address}\nidentify = true {host} {port}\nfpga_version = 272\n",
      "station.ini",
      "/b");

  EXPECT_THAT(texts(file.problems), IsEmpty());
  const auto& modules = file.station.modules;
  EXPECT_EQ(modules.addresses.size(), 4U);
  EXPECT_EQ(modules.database, "/b/lab/modules.csv");
  EXPECT_EQ(modules.timeout, std::chrono::seconds{5});
  ASSERT_EQ(modules.probe.size(), 3U);
  EXPECT_TRUE(modules.probe[0].starts_with("/"));
  EXPECT_EQ(modules.probe[2], "--at={address}");
  EXPECT_EQ(modules.fpga_version, 272);
}

TEST(StationFile, RefusesModulesThatCannotBeAsked) {
  const auto file = parse_station_file(
      "[modules]\naddresses = 5000-\nprobe = tools/none.sh {serial}\nidentify = true {serial}\n"
      "timeout = 5\nfpga_version = 65535\n",
      "station.ini",
      "/b");

  EXPECT_THAT(
      texts(file.problems),
      ElementsAre(HasSubstr("station.ini:2: 'addresses' in [modules]: '5000-' is no address"),
                  HasSubstr("station.ini:3: 'probe' in [modules]: no program 'tools/none.sh'"),
                  HasSubstr("station.ini:4: 'identify' in [modules]: '{serial}' stands for "
                            "nothing; there are {host} {port} {address}"),
                  HasSubstr("station.ini:5: 'timeout' in [modules]: '5' is not a duration"),
                  HasSubstr("station.ini:6: 'fpga_version' in [modules]: '65535' is not")));
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
