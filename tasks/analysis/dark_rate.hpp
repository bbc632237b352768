// Counts of a scaler -> the rate of a dark PMT; its threshold.
#pragma once

#include <chrono>
#include <cstdint>

#include "units.hpp"

namespace fat {

/// After each pulse the scaler counts nothing for so long (24 clock ticks, reference 1e).
constexpr std::uint64_t kScalerDeadTicks = 24;

struct DarkRate {
  Hertz rate, error;  ///< error: that of the counts alone
};

/// `pulses` counted in `time` altogether. Throws std::invalid_argument when no time is left beside
/// the dead one.
DarkRate dark_rate(std::uint64_t pulses, std::chrono::duration<double> time);

/// A quarter of a photo-electron above the baseline, in ADC counts, rounded up. `peak` is the
/// height of a single one. Throws std::invalid_argument outside 1 to 10 mV (reference 1e).
int quarter_electron_threshold(Volts peak);

}  // namespace fat
