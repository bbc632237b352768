// Pulses of one high voltage, and of several -> how high a single photo-electron is.
#include "electron_height.hpp"

#include <algorithm>
#include <numeric>

#include <gsl/gsl_fit.h>

namespace fat {
namespace {

constexpr std::size_t kFewest = 10;
constexpr double kLowestElectron = 0.8, kHighestElectron = 1.2;  // of the electron's charge
constexpr std::ptrdiff_t kNear = 24;                             // samples: 100 ns
constexpr std::size_t kQuietFrom = 50, kQuietTo = 120;
constexpr Volts kLowestHeight{0.001}, kHighestHeight{0.010};

struct Peaked {
  std::span<const std::uint16_t> samples;
  std::ptrdiff_t peak = 0;
};

std::vector<Peaked> of_one_electron(std::span<const ChargedPulse> pulses, Picocoulombs electron) {
  std::vector<Peaked> result;
  for (const auto& pulse : pulses) {
    const double ratio = pulse.charge.value / electron.value;
    if (ratio >= kLowestElectron && ratio <= kHighestElectron && pulse.samples.size() > kQuietTo) {
      result.push_back(
          {pulse.samples, std::ranges::max_element(pulse.samples) - pulse.samples.begin()});
    }
  }
  return result;
}

std::ptrdiff_t median_peak(std::vector<Peaked> pulses) {
  const auto middle = pulses.begin() + static_cast<std::ptrdiff_t>(pulses.size() / 2);
  std::ranges::nth_element(pulses, middle, {}, &Peaked::peak);
  return middle->peak;
}

}  // namespace

std::optional<Volts> electron_height(std::span<const ChargedPulse> pulses, Picocoulombs electron) {
  auto chosen = of_one_electron(pulses, electron);
  if (chosen.size() < kFewest) {
    return std::nullopt;
  }
  const auto median = median_peak(chosen);
  std::erase_if(chosen, [median](const Peaked& one) {
    return one.peak < median - kNear || one.peak > median + kNear;
  });
  std::vector<double> mean(chosen.front().samples.size());
  for (const auto& one : chosen) {
    for (std::size_t i = 0; i < std::min(mean.size(), one.samples.size()); ++i) {
      mean[i] += one.samples[i] / static_cast<double>(chosen.size());
    }
  }
  const auto from = mean.begin() + kQuietFrom;
  const auto to = mean.begin() + kQuietTo + 1;
  const double quiet = std::accumulate(from, to, 0.0) / static_cast<double>(to - from);
  return Volts{(std::ranges::max(mean) - quiet) * kVoltsPerCount.value};
}

std::optional<Volts> height_at(Volts nominal, std::span<const HeightPoint> points) {
  const bool differ = std::ranges::any_of(
      points, [&](const HeightPoint& one) { return one.voltage != points.front().voltage; });
  if (!differ) {
    return std::nullopt;
  }
  std::vector<double> x;
  std::vector<double> y;
  for (const auto& point : points) {
    x.push_back(point.voltage.value);
    y.push_back(point.height.value);
  }
  double offset = 0;
  double slope = 0;
  double offset_variance = 0;
  double covariance = 0;
  double slope_variance = 0;
  double rest = 0;
  gsl_fit_linear(x.data(),
                 1,
                 y.data(),
                 1,
                 x.size(),
                 &offset,
                 &slope,
                 &offset_variance,
                 &covariance,
                 &slope_variance,
                 &rest);
  const Volts height{offset + (slope * nominal.value)};
  return height >= kLowestHeight && height <= kHighestHeight ? std::optional{height} : std::nullopt;
}

}  // namespace fat
