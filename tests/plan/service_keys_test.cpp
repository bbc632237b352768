// [service NAME] of a station file, and `needs_services` of a schedule.
#include <gmock/gmock.h>

#include "fat/plan/station_file.hpp"

namespace fat {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

StationFile read_services(const std::string& text) {
  return parse_station_file(text, "station.ini", "/usr", {});
}

std::string service_problems(const std::string& keys) {
  std::string all;
  for (const auto& problem : read_services("[service web]\n" + keys).problems) {
    all += to_text(problem) + '\n';
  }
  return all;
}

TEST(ServiceKeys, SayWhatIsKeptAliveAndHow) {
  const auto file = read_services(
      "[service camera]\ncommand = /bin/sh -c 'exec sleep 1'\ngroup = daq\norder = 200\n"
      "directory = bin\nenvironment = MODE=fast 'TITLE=north hall' DAQ_TOKEN\n"
      "started_line = ready\nstarted_within = 20 s\nrestart = always\nrestarts = 5\n"
      "restart_delay = 2 s\nsteady_after = 10 min\nstop_within = 3 s\nkeep_logs = 7\n"
      "autostart = no\n[service web]\ncommand = sleep 1\nstarted_port = 8080\n"
      "[service rates]\ncommand = sleep 1\nstarted_after = 5 s\n");

  ASSERT_THAT(file.problems, IsEmpty());
  ASSERT_THAT(file.station.services, SizeIs(3));
  const auto& camera = file.station.services[0];
  EXPECT_EQ(shown_name(camera), "daq:camera");
  EXPECT_THAT(camera.command, ElementsAre("/bin/sh", "-c", "exec sleep 1"));
  EXPECT_EQ(camera.order, 200);
  EXPECT_EQ(camera.directory, "/usr/bin");
  EXPECT_THAT(camera.environment,
              ElementsAre(Pair("MODE", std::optional<std::string>{"fast"}),
                          Pair("TITLE", std::optional<std::string>{"north hall"}),
                          Pair("DAQ_TOKEN", std::nullopt)));
  EXPECT_EQ(camera.started_line, "ready");
  EXPECT_EQ(camera.started_within, std::chrono::seconds{20});
  EXPECT_EQ(camera.restart, ServiceRestart::Always);
  EXPECT_EQ(camera.restarts, 5);
  EXPECT_EQ(camera.restart_delay, std::chrono::seconds{2});
  EXPECT_EQ(camera.steady_after, std::chrono::minutes{10});
  EXPECT_EQ(camera.stop_within, std::chrono::seconds{3});
  EXPECT_EQ(camera.keep_logs, 7);
  EXPECT_FALSE(camera.autostart);
  EXPECT_EQ(file.station.services[1].started_port, 8080);
  EXPECT_EQ(file.station.services[1].directory, "/usr");
  EXPECT_EQ(file.station.services[2].started_after, std::chrono::seconds{5});
  EXPECT_THAT(file.settings, IsEmpty()) << "services may change within a run";
}

TEST(ServiceKeys, AreRefusedAllAtOnce) {
  EXPECT_THAT(service_problems(
                  "command = no_such_program_here\ngroup = a b\norder = -1\nautostart = maybe\n"
                  "directory =\nenvironment = 2=x A=1 A=2 FATMASTER_X=1\n"
                  "started_port = 99999\nrestart = sometimes\nrestarts = many\n"
                  "restart_delay = 1 ms\nstop_within = 2 h\nkeep_logs = 0\nbackof = 1 s\n"),
              AllOf(HasSubstr("station.ini:2: 'command' in [service web]: no program"),
                    HasSubstr("station.ini:3: 'group'"),
                    HasSubstr("station.ini:4: 'order'"),
                    HasSubstr("station.ini:5: 'autostart'"),
                    HasSubstr("station.ini:6: 'directory'"),
                    HasSubstr("'2' is no name of a variable"),
                    HasSubstr("'A' is named twice"),
                    HasSubstr("'FATMASTER_X' is set by fatmaster itself"),
                    HasSubstr("station.ini:8: 'started_port'")));
  EXPECT_THAT(service_problems("command = sleep 1\nrestart = sometimes\nrestarts = many\n"
                               "restart_delay = 1 ms\nstop_within = 2 h\nkeep_logs = 0\n"
                               "comand = x\n"),
              AllOf(HasSubstr("'never', 'on-failure' or 'always'"),
                    HasSubstr("station.ini:4: 'restarts'"),
                    HasSubstr("station.ini:5: 'restart_delay'"),
                    HasSubstr("station.ini:6: 'stop_within'"),
                    HasSubstr("station.ini:7: 'keep_logs'"),
                    HasSubstr("'comand' in [service web]: unknown key; did you mean 'command'?")));
}

TEST(ServiceKeys, ThatContradictEachOtherAreRefused) {
  EXPECT_THAT(service_problems("command = sleep 1\nstarted_line = a\nstarted_port = 1\n"),
              HasSubstr("there is 'started_line' too"));
  EXPECT_THAT(service_problems("command = sleep 1\nstarted_line = a\nstarted_after = 1 s\n"),
              HasSubstr("means nothing beside"));
  EXPECT_THAT(service_problems("command = sleep 1\nstarted_after = 1 min\n"),
              HasSubstr("it could never start"));
  EXPECT_THAT(service_problems("group = daq\n"), HasSubstr("lacks 'command'"));
  EXPECT_THAT(service_problems("command = sleep 1\ndirectory = no/where\n"),
              HasSubstr("no folder '/usr/no/where'"));
  EXPECT_THAT(to_text(read_services("[service all]\ncommand = sleep 1\n").problems.at(0)),
              HasSubstr("and not 'all'"));
}

}  // namespace
}  // namespace fat
