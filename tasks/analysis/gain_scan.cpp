#include "gain_scan.hpp"

#include <algorithm>
#include <cmath>

namespace fat {

namespace {

constexpr double kStep = 40;                          // V
constexpr double kBrighter = 200, kBrightest = 2000;  // V

bool is_used(std::span<const ScanPoint> points, Volts voltage) {
  return std::ranges::find(points, voltage, &ScanPoint::set) != points.end();
}

Volts within_bounds(double voltage) {
  return {std::clamp(std::round(voltage), kLowestScanVoltage.value, kHighestScanVoltage.value)};
}

/// On from the last point, towards 1e7, to the first voltage that was not measured.
std::optional<Volts> fixed_step(std::span<const ScanPoint> points) {
  const auto& last = points.back();
  const double step = last.measured.gain < kNominalGain ? kStep : -kStep;
  for (double voltage = last.set.value + step;; voltage += step) {
    const auto next = within_bounds(voltage);
    if (!is_used(points, next)) {
      return next;
    }
    if (next.value != std::round(voltage)) {
      return std::nullopt;  // the bound itself was measured
    }
  }
}

Volts from_curve(std::span<const ScanPoint> points) {
  std::vector<GainPoint> measured;
  measured.reserve(points.size());
  for (const auto& point : points) {
    measured.push_back(point.measured);
  }
  return within_bounds(fit_gain_curve(measured).nominal.value);
}

}  // namespace

std::optional<Volts> next_scan_voltage(std::span<const ScanPoint> points, const ScanRule& rule) {
  const auto& last = points.back();
  const bool close = std::abs(last.measured.gain - kNominalGain) / last.measured.gain < rule.close;
  if (points.size() >= rule.most || (close && points.size() >= rule.fewest)) {
    return std::nullopt;
  }
  if (points.size() < rule.fewest) {
    return fixed_step(points);
  }
  const auto next = from_curve(points);
  return is_used(points, next) ? std::nullopt : std::optional{next};
}

std::optional<Volts> brighter_voltage(Volts set) {
  const Volts next{std::min(set.value + kBrighter, kBrightest)};
  return next == set ? std::nullopt : std::optional{next};
}

}  // namespace fat
