// Gains at several high voltages -> the power law through them, and the voltage for 1e7.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "charge_fit.hpp"

namespace fat {

struct GainPoint {
  Volts voltage;  ///< as read back
  double gain = 0;
  double error = 0;  ///< of the fit alone, same unit as `gain`
};

/// Ten dynodes with 0.7 to 0.8 each. The original's sound fits lie between 5.76 and 7.39; it also
/// accepted 2.83 and 8.33 without a word (reference 1e).
constexpr double kLowestExponent = 5, kHighestExponent = 8;
constexpr double kHighestChi2 = 5;  ///< per degree of freedom

/// gain = norm * V^exponent.
struct GainCurve {
  double norm = 0, exponent = 0, exponent_error = 0;
  Volts nominal, nominal_error;  ///< where the gain is 1e7
  double chi2_per_degree = 0;    ///< 0 with two points
};

/// Each point counts with its own error and 2 % of its gain (reference 1e). Throws FitError when
/// fewer than two voltages were measured, a gain is not positive, or 1e7 is not reached between
/// 1000 and 2000 V and within 480 V of what was measured.
GainCurve fit_gain_curve(std::span<const GainPoint> points);

/// Why a person should look at a curve that could be fitted: an exponent that no tube of this kind
/// has, points that do not lie on it. Empty when there is nothing to say.
std::vector<std::string> doubts(const GainCurve& curve);

}  // namespace fat
