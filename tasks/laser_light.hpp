// Pulses of one PMT while the laser fires -> how much of its light that PMT sees.
#pragma once

#include <vector>

#include "pmt_readings.hpp"

namespace fat {

inline constexpr int kLaserDac = 5000;            // reference 1e: room for much light
inline constexpr double kLookingFrequency = 100;  // Hz

struct LaserLight {
  double interval = 0;  ///< mean, s; not a number with fewer than two pulses
  bool visible = false;
  std::vector<double> electrons;  ///< photo-electrons of the pulses that follow the laser
};

/// Of a laser at `kLookingFrequency`.
LaserLight laser_light(const std::vector<PmtWaveform>& pulses);

/// 0 of an empty list.
double mean_of(const std::vector<double>& values);
double spread_of(const std::vector<double>& values);

}  // namespace fat
