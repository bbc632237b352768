// The laser's frequency and who sees it: by fakes, and over the wire with a broken fibre.
#include "tasks/task_bench.hpp"
#include "tasks/wired_station.hpp"

namespace fat {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class CheckLaser : public TaskOnFakePmts {
 protected:
  CheckLaser() { instruments_.boards = &bench_; }
};

TEST_F(CheckLaser, TakesOnlyALaserWhoseEveryIntervalIsRight) {
  instruments_.laser_on = false;
  bench_.modules["tabletop"].pmts[0].laser = 100;

  EXPECT_EQ(perform("check_laser_freq"), TaskExit::Done);

  EXPECT_THAT(messages(), HasSubstr("999 of 999 intervals at 100 Hz"));
  EXPECT_FALSE(instruments_.laser_on);
}

TEST_F(CheckLaser, FailsAfterASecondTryAndSaysWhatToLookAt) {
  bench_.modules["tabletop"].pmts[0].laser = 98;

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
  EXPECT_NEAR(value_of("one", "lower", "laser_width"), 0.3, 0.1);
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
  WiredStation station{{.modules = 2,
                        .speed = 1000,
                        .faults = {{Microseconds{0}, "fault module1 broken-fibre channel=0"}}}};

  EXPECT_EQ(station.perform("check_laser_visibility",
                            {{"generator", "generator"},
                             {"events", "300"},
                             {"wheels", "wheel0, wheel1"},
                             {"positions", "3, 1"},
                             {"hv_after", "off"}}),
            TaskExit::Done);

  std::vector<std::string> dark;
  for (const auto& [name, visible] : station.measured("laser_visible")) {
    if (visible == 0) {
      dark.push_back(name);
    }
  }
  EXPECT_THAT(dark, ElementsAre(station.name(1, 0)));
}

/// The virtual station's board, by its generator.
TaskExit check_frequency(WiredStation& station, const std::string& frequency) {
  return station.perform(
      "check_laser_freq",
      {{"frequency", frequency}, {"board", "tabletop"}, {"generator", "generator"}});
}

TEST(CheckLaserOverTheWire, SeesTheSyncSignalAtEachFrequency) {
  WiredStation station{{.modules = 1, .speed = 1000}};
  for (const char* frequency : {"100", "500", "1000"}) {
    EXPECT_EQ(check_frequency(station, frequency), TaskExit::Done) << frequency;
  }
}

TEST_F(CheckLaser, CanBeAskedWhetherItIsOff) {
  EXPECT_EQ(verify("disable_laser"), TaskExit::Errored);

  EXPECT_EQ(perform("disable_laser"), TaskExit::Done);

  EXPECT_EQ(verify("disable_laser"), TaskExit::Done);
  instruments_.generator_fault = DeviceFault::Timeout;
  EXPECT_THROW(verify("disable_laser"), std::runtime_error);
}

TEST(CheckLaserOverTheWire, FailsWithABoardThatHangsUp) {
  WiredStation station{{.modules = 1, .speed = 1000}};
  station.station().inject("tabletop", {.fault = LinkFault::Close, .times = -1});

  EXPECT_THROW(check_frequency(station, "100"), DeviceError);
}

}  // namespace
}  // namespace fat
