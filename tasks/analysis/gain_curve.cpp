#include "gain_curve.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_fit.h>

namespace fat {

namespace {

constexpr double kCommonError = 0.02;  // of each gain
constexpr double kLowestVoltage = 1000, kHighestVoltage = 2000;
constexpr double kExtrapolation = 480;  // V

/// Logarithms, so that the power law is a line and a relative error an absolute one.
struct Line {
  std::vector<double> x, y, weights;
  double centre = 0;  ///< subtracted from x: offset and slope are independent there
};

Line line_of(std::span<const GainPoint> points) {
  Line line;
  double weights = 0;
  for (const auto& point : points) {
    if (!(point.gain > 0) || !(point.voltage.value > 0) || !std::isfinite(point.gain)) {
      throw FitError(
          fmt::format("a gain of {:.3g} at {:.0f} V cannot be", point.gain, point.voltage.value));
    }
    const double error = std::hypot(point.error / point.gain, kCommonError);
    line.x.push_back(std::log(point.voltage.value));
    line.y.push_back(std::log(point.gain / kNominalGain));
    line.weights.push_back(1 / (error * error));
    line.centre += line.x.back() * line.weights.back();
    weights += line.weights.back();
  }
  line.centre /= weights;
  for (auto& x : line.x) {
    x -= line.centre;
  }
  return line;
}

void require_in_reach(Volts nominal, Volts lowest, Volts highest) {
  const double low = std::max(kLowestVoltage, lowest.value - kExtrapolation);
  const double high = std::min(kHighestVoltage, highest.value + kExtrapolation);
  const bool in_reach = nominal.value >= low && nominal.value <= high;
  if (!in_reach) {
    throw FitError(
        fmt::format("a gain of 1e7 would be reached at {:.0f} V, outside {:.0f} to {:.0f} V",
                    nominal.value,
                    low,
                    high));
  }
}

}  // namespace

GainCurve fit_gain_curve(std::span<const GainPoint> points) {
  const auto differs = [&points](const GainPoint& point) {
    return point.voltage != points.front().voltage;
  };
  if (std::ranges::none_of(points, differs)) {
    throw FitError("a gain curve needs at least two high voltages");
  }
  const auto [lowest, highest] = std::ranges::minmax(points, {}, &GainPoint::voltage);
  const auto line = line_of(points);
  gsl_set_error_handler_off();  // else the library aborts the process
  double offset = 0;
  double slope = 0;
  double offset_variance = 0;
  double covariance = 0;
  double slope_variance = 0;
  double chi2 = 0;
  gsl_fit_wlinear(line.x.data(),
                  1,
                  line.weights.data(),
                  1,
                  line.y.data(),
                  1,
                  line.x.size(),
                  &offset,
                  &slope,
                  &offset_variance,
                  &covariance,
                  &slope_variance,
                  &chi2);
  if (!(slope > 0)) {
    throw FitError(
        fmt::format("the gain does not rise with the high voltage (exponent {:.2f})", slope));
  }
  const double distance = -offset / slope;  // of 1e7 from the centre
  GainCurve curve;
  curve.exponent = slope;
  curve.exponent_error = std::sqrt(slope_variance);
  curve.norm = kNominalGain * std::exp(offset - (slope * line.centre));
  curve.nominal = {std::exp(line.centre + distance)};
  const double relative = std::sqrt(offset_variance + (2 * distance * covariance) +
                                    (distance * distance * slope_variance)) /
                          slope;
  curve.nominal_error = {curve.nominal.value * relative};
  curve.chi2_per_degree = points.size() > 2 ? chi2 / static_cast<double>(points.size() - 2) : 0;
  require_in_reach(curve.nominal, lowest.voltage, highest.voltage);
  return curve;
}

std::vector<std::string> doubts(const GainCurve& curve) {
  std::vector<std::string> found;
  if (curve.exponent < kLowestExponent || curve.exponent > kHighestExponent) {
    found.push_back(fmt::format("the exponent {:.2f} +- {:.2f} is not between {:.0f} and {:.0f}",
                                curve.exponent,
                                curve.exponent_error,
                                kLowestExponent,
                                kHighestExponent));
  }
  if (curve.chi2_per_degree > kHighestChi2) {
    found.push_back(fmt::format("the points do not lie on a power law (chi2 {:.1f} per degree)",
                                curve.chi2_per_degree));
  }
  return found;
}

}  // namespace fat
