#include "charge_fit.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include <fmt/format.h>
#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multifit_nlinear.h>

namespace fat {

namespace {

constexpr std::size_t kFewestCharges = 100;
constexpr std::size_t kParameters = 3;  // height, mean, width
constexpr std::size_t kMaxIterations = 100;
constexpr double kTolerance = 1e-8;

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

/// The bins that are fitted, with their weights.
struct Points {
  std::vector<double> at, counts, weights;
};

Points points_of(const ChargeHistogram& histogram) {
  Points points;
  for (std::size_t bin = first_whole_bin(histogram); bin < histogram.counts.size(); ++bin) {
    const double at = histogram.middle(bin);
    if (at <= histogram.binning.fit_high) {
      points.at.push_back(at);
      points.counts.push_back(histogram.counts[bin]);
      points.weights.push_back(1 / std::max(1.0, histogram.counts[bin]));
    }
  }
  return points;
}

/// What the GSL calls: by how much the Gaussian `p` misses each bin, and how that changes with it.
int misses(const gsl_vector* p, void* data, gsl_vector* out) {
  const auto& points = *static_cast<const Points*>(data);
  for (std::size_t i = 0; i < points.at.size(); ++i) {
    const double z = (points.at[i] - gsl_vector_get(p, 1)) / gsl_vector_get(p, 2);
    gsl_vector_set(out, i, (gsl_vector_get(p, 0) * std::exp(-z * z / 2)) - points.counts[i]);
  }
  return GSL_SUCCESS;
}

int slopes(const gsl_vector* p, void* data, gsl_matrix* out) {
  const auto& points = *static_cast<const Points*>(data);
  const double height = gsl_vector_get(p, 0);
  const double width = gsl_vector_get(p, 2);
  for (std::size_t i = 0; i < points.at.size(); ++i) {
    const double z = (points.at[i] - gsl_vector_get(p, 1)) / width;
    const double bell = std::exp(-z * z / 2);
    gsl_matrix_set(out, i, 0, bell);
    gsl_matrix_set(out, i, 1, height * bell * z / width);
    gsl_matrix_set(out, i, 2, height * bell * z * z / width);
  }
  return GSL_SUCCESS;
}

using Workspace =
    std::unique_ptr<gsl_multifit_nlinear_workspace, decltype(&gsl_multifit_nlinear_free)>;
using Matrix = std::unique_ptr<gsl_matrix, decltype(&gsl_matrix_free)>;

struct Gaussian {
  double height = 0, mean = 0, width = 0;
  double mean_error = 0;
  double chi2 = 0;
};

Gaussian fitted(Points& points, std::array<double, kParameters> guess) {
  gsl_set_error_handler_off();  // else the library aborts the process
  const Workspace work{gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust,
                                                  std::make_unique<gsl_multifit_nlinear_parameters>(
                                                      gsl_multifit_nlinear_default_parameters())
                                                      .get(),
                                                  points.at.size(),
                                                  kParameters),
                       &gsl_multifit_nlinear_free};
  const Matrix covariance{gsl_matrix_alloc(kParameters, kParameters), &gsl_matrix_free};
  if (!work || !covariance) {
    throw std::bad_alloc{};
  }
  gsl_multifit_nlinear_fdf problem{};
  problem.f = &misses;
  problem.df = &slopes;
  problem.n = points.at.size();
  problem.p = kParameters;
  problem.params = &points;
  const auto start = gsl_vector_view_array(guess.data(), kParameters);
  const auto weights = gsl_vector_view_array(points.weights.data(), points.weights.size());
  int why = 0;
  gsl_multifit_nlinear_winit(&start.vector, &weights.vector, &problem, work.get());
  const int status = gsl_multifit_nlinear_driver(
      kMaxIterations, kTolerance, kTolerance, 0, nullptr, nullptr, &why, work.get());
  if (status != GSL_SUCCESS) {
    throw FitError(
        fmt::format("the fit of the charge histogram does not settle ({})", gsl_strerror(status)));
  }
  gsl_multifit_nlinear_covar(gsl_multifit_nlinear_jac(work.get()), 0, covariance.get());
  const auto* found = gsl_multifit_nlinear_position(work.get());
  Gaussian result{.height = gsl_vector_get(found, 0),
                  .mean = gsl_vector_get(found, 1),
                  .width = std::abs(gsl_vector_get(found, 2)),
                  .mean_error = std::sqrt(gsl_matrix_get(covariance.get(), 1, 1))};
  const auto* rest = gsl_multifit_nlinear_residual(work.get());
  gsl_blas_ddot(rest, rest, &result.chi2);
  return result;
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
  auto points = points_of(peak.histogram);
  const double highest = std::ranges::max(points.counts);
  if (!std::isfinite(median) || median <= 0 || highest <= 0) {
    throw FitError(fmt::format(
        "the median charge is {:.2f} pC: the pulses hold no light, or the baseline is wrong",
        median));
  }
  const auto found = fitted(points, {highest, median, kGuessedWidth * median});
  require_peak(found, median);
  peak.height = found.height;
  peak.mean = {found.mean};
  peak.mean_error = {found.mean_error};
  peak.width = {found.width};
  peak.chi2_per_degree = found.chi2 / static_cast<double>(points.at.size() - kParameters);
  return peak;
}

}  // namespace fat
