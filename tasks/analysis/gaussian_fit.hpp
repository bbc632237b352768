// Counts in bins -> the Gaussian through them.
#pragma once

#include <span>
#include <stdexcept>
#include <vector>

namespace fat {

/// The data do not allow the answer. The text says why and what to look at.
class FitError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Gaussian {
  double height = 0, mean = 0, width = 0;
  double mean_error = 0;
  double chi2 = 0;  ///< of all bins
};

/// Middle of each bin, and what was counted in it.
struct BinnedCounts {
  std::vector<double> at, counts;
};

/// Each bin counts with the error of its number, an empty one with 1. `guess`: height, mean and
/// width to begin with. Throws FitError when it does not settle.
Gaussian fit_gaussian(const BinnedCounts& bins, const Gaussian& guess);

/// Of values that are Gaussian themselves: histogram and fit. Throws FitError when they are too few
/// (100) or all the same.
Gaussian fit_distribution(std::span<const double> values);

}  // namespace fat
