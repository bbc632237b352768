#include "gaussian_fit.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <new>

#include <fmt/format.h>
#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multifit_nlinear.h>

namespace fat {

namespace {

constexpr std::size_t kGaussParameters = 3;  // height, mean, width
constexpr std::size_t kMaxIterations = 100;
constexpr double kFitTolerance = 1e-8;
constexpr std::size_t kFewestValues = 100;
constexpr int kBins = 40;
constexpr double kHalfRange = 4;  // standard deviations

/// The bins with their weights.
struct Points {
  std::vector<double> at, counts, weights;
};

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

Gaussian fitted(Points& points, std::array<double, kGaussParameters> guess) {
  gsl_set_error_handler_off();  // else the library aborts the process
  const Workspace work{gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust,
                                                  std::make_unique<gsl_multifit_nlinear_parameters>(
                                                      gsl_multifit_nlinear_default_parameters())
                                                      .get(),
                                                  points.at.size(),
                                                  kGaussParameters),
                       &gsl_multifit_nlinear_free};
  const Matrix covariance{gsl_matrix_alloc(kGaussParameters, kGaussParameters), &gsl_matrix_free};
  if (!work || !covariance) {
    throw std::bad_alloc{};
  }
  gsl_multifit_nlinear_fdf problem{};
  problem.f = &misses;
  problem.df = &slopes;
  problem.n = points.at.size();
  problem.p = kGaussParameters;
  problem.params = &points;
  const auto start = gsl_vector_view_array(guess.data(), kGaussParameters);
  const auto weights = gsl_vector_view_array(points.weights.data(), points.weights.size());
  int why = 0;
  gsl_multifit_nlinear_winit(&start.vector, &weights.vector, &problem, work.get());
  const int status = gsl_multifit_nlinear_driver(
      kMaxIterations, kFitTolerance, kFitTolerance, 0, nullptr, nullptr, &why, work.get());
  if (status != GSL_SUCCESS) {
    throw FitError(
        fmt::format("the fit of the histogram does not settle ({})", gsl_strerror(status)));
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

}  // namespace

Gaussian fit_gaussian(const BinnedCounts& bins, const Gaussian& guess) {
  Points points{.at = bins.at, .counts = bins.counts, .weights = {}};
  for (const double count : bins.counts) {
    points.weights.push_back(1 / std::max(1.0, count));
  }
  return fitted(points, {guess.height, guess.mean, guess.width});
}

Gaussian fit_distribution(std::span<const double> values) {
  if (values.size() < kFewestValues) {
    throw FitError(fmt::format("{} values are too few for a fit", values.size()));
  }
  const auto count = static_cast<double>(values.size());
  double sum = 0;
  double squares = 0;
  for (const double one : values) {
    sum += one;
    squares += one * one;
  }
  const double mean = sum / count;
  const double deviation = std::sqrt(std::max(0.0, (squares / count) - (mean * mean)));
  if (!(deviation > 0)) {
    throw FitError{"all values are the same"};
  }
  const double width = 2 * kHalfRange * deviation / kBins;
  const double low = mean - (kHalfRange * deviation);
  BinnedCounts bins{.at = {}, .counts = std::vector<double>(kBins)};
  for (int bin = 0; bin < kBins; ++bin) {
    bins.at.push_back(low + ((bin + 0.5) * width));
  }
  for (const double one : values) {
    const double place = std::floor((one - low) / width);
    if (place >= 0 && place < kBins) {
      bins.counts[static_cast<std::size_t>(place)] += 1;
    }
  }
  return fit_gaussian(bins,
                      {.height = std::ranges::max(bins.counts), .mean = mean, .width = deviation});
}

}  // namespace fat
