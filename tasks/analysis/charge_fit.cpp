#include "charge_fit.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace fat {

namespace {

constexpr std::size_t kFewestCharges = 100;
constexpr std::size_t kParameters = 3;  // height, mean, width

struct Range {
  double low, high;

  bool holds(double value) const { return value >= low && value <= high; }
};

constexpr Range kMeanOfMedian{0.5, 1.2};
constexpr Range kWidthOfGuess{0.1, 2};
constexpr double kCutAway = 0.2;
constexpr double kGuessedWidth = 0.35;  // of the median

double median_of(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::ranges::nth_element(sorted, middle);
  return *middle;
}

ChargeHistogram filled(std::span<const double> charges, const ChargeBinning& binning) {
  ChargeHistogram histogram{.binning = binning, .counts = std::vector<double>(binning.bins)};
  for (const double charge : charges) {
    const double place = (charge - binning.low) / histogram.width();
    if (place >= 0 && place < static_cast<double>(binning.bins)) {
      histogram.counts[static_cast<std::size_t>(place)] += 1;
    }
  }
  return histogram;
}

/// Where the fit begins: behind what the trigger cut away. A peak of usual width has no bin at the
/// low end of the fit's range that is under a fifth of its highest.
std::size_t first_whole_bin(const ChargeHistogram& histogram) {
  const auto& counts = histogram.counts;
  std::size_t first = 0;
  while (histogram.middle(first) < histogram.binning.fit_low) {
    ++first;
  }
  const auto begin = counts.begin() + static_cast<std::ptrdiff_t>(first);
  const auto highest = std::max_element(begin, counts.end());
  const auto whole =
      std::find_if(begin, highest, [&](double count) { return count >= kCutAway * *highest; });
  const auto cut = static_cast<std::size_t>(whole - begin);
  return cut == 0 ? first : first + cut + 1;  // the trigger's edge is within a bin
}

/// The bins that are fitted.
BinnedCounts points_of(const ChargeHistogram& histogram) {
  BinnedCounts points;
  for (std::size_t bin = first_whole_bin(histogram); bin < histogram.counts.size(); ++bin) {
    const double at = histogram.middle(bin);
    if (at <= histogram.binning.fit_high) {
      points.at.push_back(at);
      points.counts.push_back(histogram.counts[bin]);
    }
  }
  return points;
}

void require_peak(const Gaussian& found, double median) {
  if (!kMeanOfMedian.holds(found.mean / median)) {
    throw FitError(fmt::format(
        "the charge peak at {:.2f} pC is none: the median of all charges is {:.2f} pC; look at the "
        "histogram",
        found.mean,
        median));
  }
  if (!kWidthOfGuess.holds(found.width / (kGuessedWidth * median))) {
    throw FitError(fmt::format(
        "the charge peak is {:.2f} pC wide at {:.2f} pC: no single photo-electron; look "
        "at the histogram",
        found.width,
        found.mean));
  }
}

}  // namespace

ChargeBinning charge_binning(Picocoulombs median) {
  if (median.value >= 4) {
    return {.low = 0, .high = 14, .fit_low = 2.2, .fit_high = 14};
  }
  if (median.value > 2.5) {
    return {.low = 0, .high = 10, .fit_low = 1, .fit_high = 7};
  }
  return {};
}

ChargePeak fit_charge_peak(std::span<const double> charges) {
  if (charges.size() < kFewestCharges) {
    throw FitError(fmt::format("{} pulses are too few for a charge fit; at least {} are needed",
                               charges.size(),
                               kFewestCharges));
  }
  const double median = median_of(charges);
  ChargePeak peak{.histogram = filled(charges, charge_binning({median}))};
  const auto points = points_of(peak.histogram);
  const double highest = std::ranges::max(points.counts);
  if (!std::isfinite(median) || median <= 0 || highest <= 0) {
    throw FitError(fmt::format(
        "the median charge is {:.2f} pC: the pulses hold no light, or the baseline is wrong",
        median));
  }
  const auto found =
      fit_gaussian(points, {.height = highest, .mean = median, .width = kGuessedWidth * median});
  require_peak(found, median);
  peak.height = found.height;
  peak.mean = {found.mean};
  peak.mean_error = {found.mean_error};
  peak.width = {found.width};
  peak.chi2_per_degree = found.chi2 / static_cast<double>(points.at.size() - kParameters);
  return peak;
}

}  // namespace fat
