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

/// When a scan is at its end; these are the gain scan's (reference 1e).
struct ScanRule {
  double close = 0.02;                ///< of 1e7, of the last gain
  std::size_t fewest = 5, most = 10;  ///< points
};

/// Whole volts: steps of 40 V towards 1e7 up to the fewest points, then where the curve points.
/// nullopt when the scan is at its end: the last gain close to 1e7 and the fewest points there, the
/// voltage that would come was measured already, or the most points.
std::optional<Volts> next_scan_voltage(std::span<const ScanPoint> points,
                                       const ScanRule& rule = {});

/// After too few pulses at `set`: 200 V more, at most 2000 V. nullopt when that is reached already.
std::optional<Volts> brighter_voltage(Volts set);

}  // namespace fat
