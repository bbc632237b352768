// Pulses of one PMT while the laser fires -> how much of its light that PMT sees.
#include "laser_light.hpp"

#include <array>
#include <cmath>
#include <cstdint>

#include "analysis/laser_check.hpp"
#include "analysis/pulse_charge.hpp"

namespace fat {

LaserLight laser_light(const std::vector<PmtWaveform>& pulses) {
  std::vector<std::uint64_t> stamps;
  stamps.reserve(pulses.size());
  for (const auto& one : pulses) {
    stamps.push_back(one.ticks);
  }
  const auto interval = mean_interval(stamps);
  LaserLight light;
  light.interval = interval ? interval->count() : std::nan("");
  light.visible = interval && *interval < kVisibleInterval;
  const auto window = laser_window({kLookingFrequency});
  for (std::size_t i = 1; window && i < pulses.size(); ++i) {
    const std::array pair{stamps[i - 1], stamps[i]};
    if (laser_intervals(pair, *window).all_inside()) {
      const auto charge = gate_charge(pulses[i].adc, baseline_of(pulses[i].adc));
      light.electrons.push_back(charge.value / kElectronAtNominalGain.value);
    }
  }
  return light;
}

double mean_of(const std::vector<double>& values) {
  if (values.empty()) {
    return 0;
  }
  double sum = 0;
  for (const double one : values) {
    sum += one;
  }
  return sum / static_cast<double>(values.size());
}

double spread_of(const std::vector<double>& values) {
  if (values.empty()) {
    return 0;
  }
  const double mean = mean_of(values);
  double squares = 0;
  for (const double one : values) {
    squares += (one - mean) * (one - mean);
  }
  return std::sqrt(squares / static_cast<double>(values.size()));
}

}  // namespace fat
