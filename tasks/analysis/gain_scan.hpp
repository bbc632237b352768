// Points measured so far -> the next high voltage of a gain scan, or its end.
#pragma once

#include <optional>
#include <span>

#include "gain_curve.hpp"

namespace fat {

/// Where every step of a scan must lie (reference 1e).
constexpr Volts kLowestScanVoltage{1050};
constexpr Volts kHighestScanVoltage{1950};

/// Below this the tube is too dark to be measured, and a higher voltage is tried.
constexpr Hertz kLowestPulseRate{200};

/// A point as it was asked for.
struct ScanPoint {
  Volts set;
  GainPoint measured;
};

/// Whole volts. nullopt when the scan is at its end: the last gain within 2 % of 1e7 and five
/// points, the voltage that would come was measured already, or ten points (reference 1e).
std::optional<Volts> next_scan_voltage(std::span<const ScanPoint> points);

/// After too few pulses at `set`: 200 V more, at most 2000 V. nullopt when that is reached already.
std::optional<Volts> brighter_voltage(Volts set);

}  // namespace fat
