#include "pulse_charge.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>

namespace fat {

namespace {

constexpr std::size_t kBaselineSamples = 10;

void require(std::span<const std::uint16_t> samples, std::size_t needed) {
  if (samples.size() < needed) {
    throw std::invalid_argument(fmt::format(
        "a waveform of {} samples is too short; at least {} are needed", samples.size(), needed));
  }
}

}  // namespace

double baseline_of(std::span<const std::uint16_t> samples) {
  require(samples, kBaselineSamples);
  std::array<std::uint16_t, kBaselineSamples> first{};
  std::ranges::copy(samples.first(kBaselineSamples), first.begin());
  std::ranges::sort(first);
  return (first[(kBaselineSamples / 2) - 1] + first[kBaselineSamples / 2]) / 2.0;
}

Picocoulombs gate_charge(std::span<const std::uint16_t> samples, double baseline) {
  require(samples, kGateStart + kGateSamples);
  double counts = 0;
  for (const auto sample : samples.subspan(kGateStart, kGateSamples)) {
    counts += sample - baseline;
  }
  constexpr double pico = 1e12;
  return {counts * kVoltsPerCount.value / kAdcClock.value / kFrontEndOhm * pico};
}

}  // namespace fat
