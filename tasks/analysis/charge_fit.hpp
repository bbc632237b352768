// Charges of many pulses -> where the peak of the single photo-electron stands.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "gaussian_fit.hpp"
#include "units.hpp"

namespace fat {

/// Equal bins from `low` to `high` pC, and the part of them that is fitted (reference 1e).
struct ChargeBinning {
  double low = 0, high = 6;
  double fit_low = 0.7, fit_high = 3;
  std::size_t bins = 79;
};

ChargeBinning charge_binning(Picocoulombs median);

struct ChargeHistogram {
  ChargeBinning binning;
  std::vector<double> counts;  ///< by bin; what lies outside is not counted

  double width() const { return (binning.high - binning.low) / static_cast<double>(counts.size()); }

  /// Middle of a bin, pC.
  double middle(std::size_t bin) const {
    return binning.low + ((static_cast<double>(bin) + 0.5) * width());
  }
};

/// A Gaussian of that histogram.
struct ChargePeak {
  ChargeHistogram histogram;
  double height = 0;  ///< counts per bin
  Picocoulombs mean, mean_error;
  Picocoulombs width;
  double chi2_per_degree = 0;
};

/// `charges` in pC. Throws FitError when they are too few, or the peak that is found is none:
/// further than 0.5 to 1.2 from the median, or its width not 0.1 to 2 of 0.35 of it (reference 1e).
ChargePeak fit_charge_peak(std::span<const double> charges);

}  // namespace fat
