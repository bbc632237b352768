// Pulses of one high voltage, and of several -> how high a single photo-electron is.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "units.hpp"

namespace fat {

/// Samples of one pulse in ADC counts, and its charge.
struct ChargedPulse {
  std::span<const std::uint16_t> samples;
  Picocoulombs charge;
};

/// Height of the mean of all pulses of 0.8 to 1.2 times `electron` whose peaks stand within 100 ns
/// of the median peak: its maximum above the mean of samples 50 to 120 (reference 1e). nullopt when
/// fewer than ten pulses are of that kind.
std::optional<Volts> electron_height(std::span<const ChargedPulse> pulses, Picocoulombs electron);

struct HeightPoint {
  Volts voltage;  ///< high voltage, as read back
  Volts height;
};

/// Along the line through the points. nullopt with fewer than two voltages, or outside 1 to 10 mV
/// (reference 1e).
std::optional<Volts> height_at(Volts nominal, std::span<const HeightPoint> points);

}  // namespace fat
