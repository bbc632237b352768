// Samples of one waveform -> its baseline and the charge within the gate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "units.hpp"

namespace fat {

/// Samples 13 to 28, both inclusive (reference 1e, get_charges).
constexpr std::size_t kGateStart = 13;
constexpr std::size_t kGateSamples = 16;

/// Median of the first 10 samples, in ADC counts. Throws std::invalid_argument when there are
/// fewer.
double baseline_of(std::span<const std::uint16_t> samples);

/// Sum over the gate above `baseline` (ADC counts). Throws std::invalid_argument when the waveform
/// ends before the gate.
Picocoulombs gate_charge(std::span<const std::uint16_t> samples, double baseline);

}  // namespace fat
