// Time stamps of pulses -> whether they follow the laser.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "units.hpp"

namespace fat {

struct IntervalWindow {
  std::chrono::duration<double> low, high;
};

/// Of 100, 500 and 1000 Hz (reference 1e); nullopt for any other frequency.
std::optional<IntervalWindow> laser_window(Hertz frequency);

struct LaserIntervals {
  std::size_t all = 0, inside = 0;
  /// Of those outside, the one that is furthest from the window's middle; zero when all are inside.
  std::chrono::duration<double> worst{0};

  bool all_inside() const { return all > 0 && inside == all; }
};

/// `stamps` in ticks of the ADC clock, rising; a stamp that is not above the one before is outside.
LaserIntervals laser_intervals(std::span<const std::uint64_t> stamps, const IntervalWindow& window);

/// The mean interval below which a PMT sees a laser of 100 Hz (reference 1e).
constexpr std::chrono::duration<double> kVisibleInterval{0.015};

/// From the first to the last stamp, per stamp; nullopt with fewer than two.
std::optional<std::chrono::duration<double>> mean_interval(std::span<const std::uint64_t> stamps);

}  // namespace fat
