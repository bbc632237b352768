// Waveforms, scalers and time stamps whose answer is known.
#include <random>
#include <vector>

#include <gmock/gmock.h>

#include "tasks/analysis/dark_rate.hpp"
#include "tasks/analysis/laser_check.hpp"
#include "tasks/analysis/pulse_charge.hpp"

namespace fat {
namespace {

using namespace std::chrono_literals;

TEST(PulseCharge, IsWhatStandsAboveTheBaselineWithinTheGate) {
  std::vector<std::uint16_t> samples(128, 8000);
  samples[12] = 9000;  // before the gate
  samples[13] = 8100;
  samples[28] = 8050;
  samples[29] = 9000;  // behind it

  // 150 counts x 0.075 mV x 4.1667 ns / 36.96 ohm
  EXPECT_NEAR(gate_charge(samples, 8000).value, 1.2683, 1e-3);
}

TEST(PulseCharge, MayBeNegative) {
  const std::vector<std::uint16_t> samples(128, 8000);

  EXPECT_LT(gate_charge(samples, 8001).value, 0);
}

TEST(PulseCharge, IsRefusedForAWaveformThatEndsBeforeTheGate) {
  EXPECT_THROW(gate_charge(std::vector<std::uint16_t>(28, 8000), 8000), std::invalid_argument);
  EXPECT_THROW(baseline_of(std::vector<std::uint16_t>(9, 8000)), std::invalid_argument);
}

TEST(Baseline, IsNotMovedByOnePulse) {
  std::vector<std::uint16_t> samples(128, 8000);
  samples[3] = 12'000;
  samples[4] = 8001;

  EXPECT_EQ(baseline_of(samples), 8000);
}

TEST(DarkRate, CountsTheDeadTimeOnce) {
  // A pulse process of known rate, watched by a scaler that sleeps for 100 ns after each one.
  constexpr double rate = 1'000'000;
  std::mt19937 random{5};
  std::exponential_distribution gap{rate};
  double now = 0;
  double blind_until = 0;
  std::uint64_t counted = 0;
  while (now < 1) {
    if (now >= blind_until) {
      ++counted;
      blind_until = now + 24 / 240e6;
    }
    now += gap(random);
  }

  const auto measured = dark_rate(counted, 1s);

  EXPECT_NEAR(measured.rate.value, rate, 4 * measured.error.value);
  EXPECT_LT(static_cast<double>(counted), 0.95 * rate);  // the correction is worth something
}

TEST(DarkRate, OfNothingIsNothing) {
  EXPECT_EQ(dark_rate(0, 500s).rate.value, 0);
}

TEST(DarkRate, IsRefusedWhenThereIsNoLiveTime) {
  EXPECT_THROW(dark_rate(10, 0s), std::invalid_argument);
  EXPECT_THROW(dark_rate(10'000'001, 1s), std::invalid_argument);
}

TEST(Threshold, IsAQuarterOfAnElectronRoundedUp) {
  EXPECT_EQ(quarter_electron_threshold({0.0036}), 12);
  EXPECT_EQ(quarter_electron_threshold({0.0037}), 13);
}

TEST(Threshold, IsRefusedForAPeakThatNoTubeHas) {
  EXPECT_THROW(quarter_electron_threshold({0.0009}), std::invalid_argument);
  EXPECT_THROW(quarter_electron_threshold({0.011}), std::invalid_argument);
  EXPECT_THROW(quarter_electron_threshold({std::nan("")}), std::invalid_argument);
}

std::vector<std::uint64_t> every(std::uint64_t ticks, std::size_t count) {
  std::vector<std::uint64_t> stamps;
  stamps.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    stamps.push_back(1'000'000 + (i * ticks));
  }
  return stamps;
}

TEST(LaserIntervals, OfALaserAreAllInside) {
  const auto found = laser_intervals(every(2'400'000, 1000), *laser_window({100}));

  EXPECT_EQ(found.all, 999U);
  EXPECT_TRUE(found.all_inside());
}

TEST(LaserIntervals, NameTheWorstOne) {
  auto stamps = every(2'400'000, 1000);
  stamps.erase(stamps.begin() + 500);  // a missed pulse
  stamps[700] += 30'000;

  const auto found = laser_intervals(stamps, *laser_window({100}));

  EXPECT_EQ(found.all - found.inside, 3U);
  EXPECT_NEAR(found.worst.count(), 0.02, 1e-6);
}

TEST(LaserIntervals, TakeAStampThatGoesBackForOutside) {
  auto stamps = every(2'400'000, 10);
  std::swap(stamps[4], stamps[5]);

  EXPECT_FALSE(laser_intervals(stamps, *laser_window({100})).all_inside());
}

TEST(LaserIntervals, OfNothingAreNotAllInside) {
  EXPECT_FALSE(laser_intervals({}, *laser_window({100})).all_inside());
  EXPECT_EQ(laser_window({150}), std::nullopt);
}

TEST(MeanInterval, IsThatOfALaserThatTheTubeSees) {
  EXPECT_LT(*mean_interval(every(2'400'000, 3000)), kVisibleInterval);
  EXPECT_GT(*mean_interval(every(4'800'000, 3000)), kVisibleInterval);
  EXPECT_EQ(mean_interval(every(1, 1)), std::nullopt);
}

}  // namespace
}  // namespace fat
