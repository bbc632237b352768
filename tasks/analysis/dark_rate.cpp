#include "dark_rate.hpp"

#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

namespace fat {

namespace {

constexpr Volts kLowestPeak{0.001}, kHighestPeak{0.010};
constexpr double kThresholdElectrons = 0.25;  // photo-electrons

}  // namespace

DarkRate dark_rate(std::uint64_t pulses, std::chrono::duration<double> time) {
  const auto counted = static_cast<double>(pulses);
  const double dead = counted * static_cast<double>(kScalerDeadTicks) / kAdcClock.value;
  const double live = time.count() - dead;
  if (!(live > 0)) {
    throw std::invalid_argument(
        fmt::format("{} counts in {} s leave no live time", pulses, time.count()));
  }
  return {.rate = {counted / live}, .error = {std::sqrt(counted) / live}};
}

int quarter_electron_threshold(Volts peak) {
  if (!(peak >= kLowestPeak && peak <= kHighestPeak)) {
    throw std::invalid_argument(fmt::format(
        "a single photo-electron of {:.2f} mV is not between {:.0f} and {:.0f} mV; measure "
        "the gain first",
        peak.value * 1e3,
        kLowestPeak.value * 1e3,
        kHighestPeak.value * 1e3));
  }
  return static_cast<int>(std::ceil(peak.value * kThresholdElectrons / kVoltsPerCount.value));
}

}  // namespace fat
