// What Prometheus is told of a bench: never a value that nobody may believe.
#include "cli/bench_metrics.hpp"

#include <gmock/gmock.h>

#include "fakes/manual_clock.hpp"

namespace fat {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

ChannelEntry metered(std::string name, std::string unit) {
  return {.name = std::move(name),
          .instrument = "gauges",
          .source = {.quantity = "pressure"},
          .unit = std::move(unit),
          .maximum_age = std::chrono::seconds{30}};
}

class BenchMetricsTest : public testing::Test {
 protected:
  void show(const std::string& channel, double value) {
    seen_.readings[channel] = {
        .at = clock_.now(), .value = value, .state = ReadingState::Ok, .why = {}};
  }

  void fail(const std::string& channel) {
    seen_.readings[channel] = {
        .at = clock_.now(), .value = {}, .state = ReadingState::Failed, .why = "silent"};
  }

  void watch(InterlockPhase phase, std::string objection = {}) {
    seen_.interlocks = StationState{.at = clock_.now(),
                                    .pid = 1,
                                    .interlocks = {{.name = "heating",
                                                    .action = InterlockAction::Set,
                                                    .objection = std::move(objection),
                                                    .memory = {.phase = phase, .trips = 2}}}};
  }

  std::string text() const { return metrics_text(bench_metrics(station_, seen_, clock_.now())); }

  Station station_{.channels = {metered("line", "mbar"), metered("air", "%")},
                   .interlocks = {{.name = "heating", .action = InterlockAction::Set}}};
  BenchSeen seen_{.lives = true};
  ManualClock clock_;
};

TEST_F(BenchMetricsTest, ValuesAreInBaseUnits) {
  station_.channels = {metered("line", "mbar"),
                       metered("humidity", "%"),
                       metered("plate", "K"),
                       metered("freezer", "degC"),
                       metered("anode", "uA"),
                       metered("heater", ""),
                       metered("flow", "l/min")};
  show("line", 12);
  show("humidity", 41.5);
  show("plate", 273.15);
  show("freezer", -40);
  show("anode", 3);
  show("heater", 1);
  show("flow", 7);

  const auto page = text();

  const std::string rest = R"(instrument="gauges",quantity="pressure")";
  for (const auto& line :
       {R"(fatmaster_reading_pascals{channel="line",)" + rest + "} 1200\n",
        R"(fatmaster_reading_ratio{channel="humidity",)" + rest + "} 0.415\n",
        R"(fatmaster_reading_kelvin{channel="plate",)" + rest + "} 273.15\n",
        R"(fatmaster_reading_celsius{channel="freezer",)" + rest + "} -40\n",
        R"(fatmaster_reading_amperes{channel="anode",)" + rest + "} 3e-06\n",
        R"(fatmaster_reading_number{channel="heater",)" + rest + "} 1\n",
        R"(fatmaster_reading_other{channel="flow",)" + rest + ",unit=\"l/min\"} 7\n"}) {
    EXPECT_THAT(page, HasSubstr(line));
  }
}

TEST_F(BenchMetricsTest, WhatFailedOrWasNeverReadHasNoValueAndIsNotValid) {
  fail("line");

  const auto page = text();

  EXPECT_THAT(page, Not(HasSubstr("fatmaster_reading_")));
  EXPECT_THAT(
      page,
      AllOf(HasSubstr(R"(channel="line",instrument="gauges",quantity="pressure",unit="mbar"} 0)"),
            HasSubstr(R"(channel="air",instrument="gauges",quantity="pressure",unit="%"} 0)")));
  EXPECT_THAT(page,
              AllOf(HasSubstr(R"(fatmaster_channel_timestamp_seconds{channel="line")"),
                    Not(HasSubstr(R"(fatmaster_channel_timestamp_seconds{channel="air")"))));
}

TEST_F(BenchMetricsTest, WhatIsLentIsSaidToBe) {
  show("air", 40);
  seen_.readings["line"] = {
      .at = clock_.now(), .value = {}, .state = ReadingState::Lent, .why = "to anna for 'scan'"};

  EXPECT_THAT(text(),
              AllOf(HasSubstr("fatmaster_channel_lent{channel=\"line\""),
                    ContainsRegex("fatmaster_channel_lent\\{channel=\"line\"[^}]*\\} 1"),
                    ContainsRegex("fatmaster_channel_lent\\{channel=\"air\"[^}]*\\} 0"),
                    ContainsRegex("fatmaster_channel_valid\\{channel=\"line\"[^}]*\\} 0")));
}

TEST_F(BenchMetricsTest, WhatIsTooOldHasNoValueAndItsTimeStays) {
  show("line", 12);
  show("air", 41.5);
  clock_.advance(std::chrono::seconds{33});
  show("air", 42);

  const auto page = text();

  EXPECT_THAT(page, Not(HasSubstr("fatmaster_reading_pascals")));
  EXPECT_THAT(
      page, HasSubstr(R"(channel="line",instrument="gauges",quantity="pressure",unit="mbar"} 0)"));
  EXPECT_THAT(
      page,
      HasSubstr(
          R"(fatmaster_channel_timestamp_seconds{channel="line",instrument="gauges",quantity="pressure"} 1795219200)"));
  EXPECT_THAT(page, HasSubstr("fatmaster_station_heartbeat_timestamp_seconds 1795219233\n"));
}

TEST_F(BenchMetricsTest, WhatIsOnItsWayToTheFileMakesNoFastChannelStale) {
  station_.channels.front().maximum_age = std::chrono::milliseconds{500};
  show("line", 12);

  clock_.advance(std::chrono::milliseconds{2400});
  EXPECT_THAT(text(), HasSubstr("fatmaster_reading_pascals"));
  clock_.advance(std::chrono::milliseconds{200});
  EXPECT_THAT(text(), Not(HasSubstr("fatmaster_reading_pascals")));
}

TEST_F(BenchMetricsTest, AnInterlockIsInOnePhase) {
  watch(InterlockPhase::Latched, "heating is latched");

  const auto page = text();

  const std::string phase = R"(fatmaster_interlock_phase{interlock="heating",action="set",phase=)";
  EXPECT_THAT(page,
              AllOf(HasSubstr(phase + "\"clear\"} 0\n"),
                    HasSubstr(phase + "\"tripped\"} 0\n"),
                    HasSubstr(phase + "\"latched\"} 1\n")));
  EXPECT_THAT(page,
              AllOf(HasSubstr("fatmaster_interlock_watched{interlock=\"heating\"} 1\n"),
                    HasSubstr("fatmaster_interlock_suspends_run{interlock=\"heating\"} 1\n"),
                    HasSubstr("fatmaster_interlock_overridden{interlock=\"heating\"} 0\n"),
                    HasSubstr("fatmaster_interlock_trips_total{interlock=\"heating\"} 2\n")));
}

TEST_F(BenchMetricsTest, AnOverrideIsShownUntilItEnds) {
  watch(InterlockPhase::Tripped);
  seen_.interlocks->interlocks.front().memory.overriding = InterlockOverride{
      .who = "anna", .reason = "test", .since = clock_.now(), .length = std::chrono::minutes{1}};

  EXPECT_THAT(text(), HasSubstr("fatmaster_interlock_overridden{interlock=\"heating\"} 1\n"));
  clock_.advance(std::chrono::minutes{1});
  EXPECT_THAT(text(), HasSubstr("fatmaster_interlock_overridden{interlock=\"heating\"} 0\n"));
}

TEST_F(BenchMetricsTest, OfAnInterlockThatNobodyEvaluatesNoPhaseIsTold) {
  seen_.lives = false;

  const auto page = text();

  EXPECT_THAT(page,
              AllOf(HasSubstr("fatmaster_station_up 0\n"),
                    HasSubstr("fatmaster_interlock_watched{interlock=\"heating\"} 0\n"),
                    HasSubstr("fatmaster_interlock_suspends_run{interlock=\"heating\"} 1\n")));
  EXPECT_THAT(page,
              AllOf(Not(HasSubstr("interlock_phase")),
                    Not(HasSubstr("interlock_overridden")),
                    Not(HasSubstr("interlock_trips"))));
}

TEST_F(BenchMetricsTest, OneThatTheProcessDoesNotKnowIsNotWatched) {
  watch(InterlockPhase::Clear);
  station_.interlocks.push_back({.name = "new"});

  EXPECT_THAT(text(), HasSubstr("fatmaster_interlock_watched{interlock=\"new\"} 0\n"));
}

TEST_F(BenchMetricsTest, AVirtualBenchSaysSoOnEverySample) {
  seen_.is_virtual = true;
  show("line", 12);
  watch(InterlockPhase::Clear);

  std::istringstream lines{text()};
  for (std::string line; std::getline(lines, line);) {
    EXPECT_TRUE(line.starts_with('#') || line.find("virtual=\"true\"") != std::string::npos)
        << line;
  }
}

TEST_F(BenchMetricsTest, AHostileUnitStaysWithinItsLabel) {
  station_.channels = {metered("line", "\"} 7\\")};
  show("line", 12);

  EXPECT_THAT(
      text(),
      HasSubstr(
          R"(fatmaster_reading_other{channel="line",instrument="gauges",quantity="pressure",unit="\"} 7\\"} 12)"));
}

TEST_F(BenchMetricsTest, AStationWithoutChannelsTellsNothing) {
  station_.channels.clear();
  station_.interlocks.clear();

  EXPECT_EQ(text(), "");
}

TEST_F(BenchMetricsTest, SaysWhichServicesRunAndHowOftenTheyWereStartedAgain) {
  ServiceEntry camera, web;
  camera.name = "camera";
  camera.group = "daq";
  web.name = "web";
  station_.services = {camera, web};
  EXPECT_THAT(text(), HasSubstr("fatmaster_service_up{service=\"daq:camera\"} 0\n"));
  EXPECT_THAT(text(), Not(HasSubstr("fatmaster_service_restarts_total{"))) << "nobody knows";

  ServiceState running{.name = "camera", .group = "daq", .memory = {}};
  running.memory.phase = ServicePhase::Running;
  running.memory.restarted = 2;
  seen_.services = ServicesState{.at = clock_.now(), .pid = 1, .services = {running}};

  EXPECT_THAT(text(),
              AllOf(HasSubstr("fatmaster_service_up{service=\"daq:camera\"} 1\n"),
                    HasSubstr("fatmaster_service_up{service=\"web\"} 0\n"),
                    HasSubstr("fatmaster_service_restarts_total{service=\"daq:camera\"} 2\n")));
}

}  // namespace
}  // namespace fat
