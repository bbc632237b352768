// The laser's frequency and who sees it: by fakes, and over the wire with a broken fibre.
#include "devices/boot_clock.hpp"
#include "fat/devices/iceboot_bench.hpp"
#include "fat/devices/station_instruments.hpp"
#include "fat/sim/station_thread.hpp"
#include "tasks/task_bench.hpp"

namespace fat {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class CheckLaser : public TaskOnFakePmts {};

TEST_F(CheckLaser, TakesOnlyALaserWhoseEveryIntervalIsRight) {
  instruments_.laser_on = false;
  bench_.modules["tabletop board"].pmts[0].laser = 100;

  EXPECT_EQ(perform("check_laser_freq"), TaskExit::Done);

  EXPECT_THAT(messages(), HasSubstr("999 of 999 intervals at 100 Hz"));
  EXPECT_FALSE(instruments_.laser_on);
}

TEST_F(CheckLaser, FailsAfterASecondTryAndSaysWhatToLookAt) {
  bench_.modules["tabletop board"].pmts[0].laser = 98;

  EXPECT_EQ(perform("check_laser_freq"), TaskExit::Errored);

  EXPECT_THAT(messages(), HasSubstr("0 of 999 intervals at 100 Hz, the worst is 0.010204 s"));
  EXPECT_THAT(messages(), HasSubstr("look at its supply"));
  EXPECT_TRUE(instruments_.laser_on);
}

TEST_F(CheckLaser, HasWindowsForThreeFrequenciesOnly) {
  EXPECT_THAT(failure_of("check_laser_freq", {{"frequency", "200"}}),
              HasSubstr("100, 500 or 1000"));
}

TEST_F(CheckLaser, SaysWhichPmtDoesNotSeeItAndStillEnds) {
  add_module("one");
  pmt("one", 0).laser = 100;
  pmt("one", 1).rate = 20;  // dark, and slower than the laser

  EXPECT_EQ(perform("check_laser_visibility", {{"events", "300"}}), TaskExit::Done);

  EXPECT_EQ(value_of("one", "lower", "laser_visible"), 1);
  EXPECT_EQ(value_of("one", "upper", "laser_visible"), 0);
  EXPECT_THAT(messages(), HasSubstr("one_upper does not see the laser: its fibre is suspect"));
  EXPECT_NEAR(
      module_json().at("LowerPmt").at("LaserVisibilityMeasurement_00").at("Output").get<double>(),
      0.9,
      0.2);
  EXPECT_FALSE(pmt("one", 0).on);
}

TEST_F(CheckLaser, DoesNotBlameFibresWhenNoPmtSeesIt) {
  add_module("one");
  pmt("one", 0).rate = pmt("one", 1).rate = 20;

  EXPECT_EQ(perform("check_laser_visibility", {{"events", "300"}}), TaskExit::Errored);

  EXPECT_THAT(messages(), HasSubstr("no PMT sees the laser"));
}

TEST(CheckLaserOverTheWire, NamesTheBrokenFibreAndNoOther) {
  const StationThread served{
      {.modules = 2,
       .speed = 1000,
       .faults = {{Microseconds{0}, "fault module1 broken-fibre channel=0"}}}};
  const BootClock clock;
  const IcebootBench bench{clock};
  const StationInstruments instruments{clock, served.station().instruments(), {}};
  RecordingReporter reporter;
  const TempFolder folder;
  std::vector<TaskModule> modules;
  for (std::size_t number = 0; number < 2; ++number) {
    const auto& identity = served.station().identities()[number];
    TaskModule module{.entry = {.serial = identity.serial,
                                .path = {},
                                .port = served.station().ports()[number],
                                .host = "localhost"},
                      .fpga_version = 272,
                      .file = folder.path() / (identity.serial + ".json"),
                      .place = static_cast<int>(number),
                      .pmts = {}};
    module.pmts[0].nominal_voltage = identity.lower.hv_for_1e7_gain;
    module.pmts[1].nominal_voltage = identity.upper.hv_for_1e7_gain;
    std::ofstream{module.file} << R"({"LowerPmt": {}, "UpperPmt": {}})";
    modules.push_back(module);
  }

  EXPECT_EQ(run_task("check_laser_visibility",
                     {.bench = bench,
                      .clock = clock,
                      .reporter = reporter,
                      .instruments = &instruments,
                      .pause = [](Microseconds) {},
                      .ask = {},
                      .backups = {},
                      .journal = {},
                      .run_file = {},
                      .folder = folder.path(),
                      .modules = modules,
                      .arguments = {{"generator", "generator"},
                                    {"events", "300"},
                                    {"wheels", "wheel0, wheel1"},
                                    {"positions", "3, 1"},
                                    {"hv_after", "off"}}}),
            TaskExit::Done);

  std::vector<std::string> dark;
  for (const auto& report : reporter.all<MeasurementReport>()) {
    if (report.measurement.name == "laser_visible" && report.measurement.value == 0) {
      dark.push_back(report.measurement.module + " " + report.measurement.channel);
    }
  }
  EXPECT_THAT(dark, UnorderedElementsAre(modules[1].entry.serial + " lower"));
}

}  // namespace
}  // namespace fat
