// A virtual PMT -> what a perfect measurement of it would find. For tests; no task knows it.
#pragma once

#include "fat/sim/module_identity.hpp"

namespace fat {

/// Electrons per photo-electron (the peak of its distribution) at a high voltage and a temperature.
double true_gain(const PmtIdentity& pmt, double volts, double celsius);

/// The high voltage that gives that gain.
double true_voltage(const PmtIdentity& pmt, double gain, double celsius);

/// Hz, of pulses of at least 0.3 photo-electrons; smaller ones do not exist.
double true_dark_rate(const PmtIdentity& pmt, double celsius);

/// Mean photo-electrons of one laser pulse behind filters that let `transmission` through.
double true_light(const PmtIdentity& pmt, double transmission);

}  // namespace fat
