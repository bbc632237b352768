#include "fat/engine/lengths.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "fat/engine/target_temperature.hpp"

namespace fat {

namespace {

/// How much steps vary of which nothing is known: 40 %, some take twice as long; mean 1.
constexpr std::array kUsualResiduals{0.4, 0.6, 0.75, 0.85, 0.9, 0.95, 1.0, 1.05, 1.15, 1.35, 2.0};
constexpr std::size_t kLargestPool = 1000;
/// A kind's own variation counts as much as that of all others after so many runs of it.
constexpr double kOwnWeight = 4;
constexpr double kLeast = 0.05, kLeastLevel = 0.3;
/// What an attempt takes whose length is known from other parameters, an estimate, not at all: up
/// to so many times more or less.
constexpr double kOtherParameters = 1.5, kEstimated = 2, kGuessed = 6;
constexpr int kTries = 20;
constexpr double kLongestBeyond = 10;

double mean_of(const std::vector<double>& values) {
  return values.empty() ? 0
                        : std::accumulate(values.begin(), values.end(), 0.0) /
                              static_cast<double>(values.size());
}

double variance_of(const std::vector<double>& residuals) {
  double sum = 0;
  for (const double one : residuals) {
    sum += (one - 1) * (one - 1);
  }
  return residuals.empty() ? 0 : sum / static_cast<double>(residuals.size());
}

/// The mean of a few is nearer to them than the mean of the whole: their deviations are widened.
std::vector<double> residuals_of(const std::vector<double>& samples, double mean) {
  std::vector<double> residuals;
  if (samples.size() < 2 || mean <= 0) {
    return residuals;
  }
  const auto count = static_cast<double>(samples.size());
  const double widened = std::sqrt(count / (count - 1));
  for (const double one : samples) {
    residuals.push_back(std::max(kLeast, 1 + (((one / mean) - 1) * widened)));
  }
  return residuals;
}

double own_part(std::size_t samples) {
  const double beyond_the_first = static_cast<double>(samples) - 1;
  return beyond_the_first / (beyond_the_first + kOwnWeight);
}

}  // namespace

std::size_t Lengths::kind_of(const Step& step) {
  const auto [place, fresh] = by_fingerprint_.try_emplace(fingerprint(step), kinds_.size());
  if (fresh) {
    kinds_.push_back({.step = step});
    stale_ = true;
  }
  auto& kind = kinds_[place->second];
  if (kind.stale) {
    learn(kind);
  }
  return place->second;
}

void Lengths::learn(Kind& kind) const {
  const auto past = past_ ? past_(kind.step) : PastDurations{};
  kind.samples.clear();
  for (const auto one : past.durations) {
    kind.samples.push_back(Seconds{one}.count());
  }
  if (!kind.samples.empty()) {
    kind.basis = past.same_parameters ? LengthBasis::SameParameters : LengthBasis::SameTask;
    kind.mean = mean_of(kind.samples);
  } else {
    const auto estimate =
        kind.step.estimate ? kind.step.estimate : time_of_button_pushing(kind.step);
    kind.basis = estimate ? LengthBasis::Estimate : LengthBasis::Guess;
    kind.mean = Seconds{estimate.value_or(kGuessedLength)}.count();
  }
  kind.residuals = kind.basis == LengthBasis::SameParameters ? residuals_of(kind.samples, kind.mean)
                                                             : std::vector<double>{};
  kind.stale = false;
}

void Lengths::forget(const Step& step) {
  const auto print = by_fingerprint_.find(fingerprint(step));
  const auto same = print == by_fingerprint_.end() ? kinds_.size() : print->second;
  for (std::size_t i = 0; i < kinds_.size(); ++i) {
    auto& kind = kinds_[i];
    const bool same_task = !step.task.empty() && kind.step.task == step.task;
    kind.stale =
        kind.stale || i == same || (same_task && kind.basis != LengthBasis::SameParameters);
  }
  stale_ = true;
}

Microseconds Lengths::expected(std::size_t kind) const {
  return std::chrono::round<Microseconds>(Seconds{kinds_[kind].mean});
}

void Lengths::pool() {
  pool_.clear();
  for (auto& kind : kinds_) {
    if (kind.stale) {
      learn(kind);
    }
    if (pool_.size() < kLargestPool) {
      pool_.insert(pool_.end(), kind.residuals.begin(), kind.residuals.end());
    }
  }
  if (pool_.size() < kUsualResiduals.size()) {
    pool_.insert(pool_.end(), kUsualResiduals.begin(), kUsualResiduals.end());
  }
  spread_ = std::sqrt(variance_of(pool_));
  stale_ = false;
}

Draw::Draw(Lengths& lengths, std::uint64_t seed) : lengths_(lengths), chance_(seed) {
  if (lengths.stale_) {
    lengths.pool();
  }
  levels_.assign(lengths.kinds_.size(), kUnknown);
}

/// 1/factor .. factor, with mean 1.
double Draw::around(double factor) {
  const double log = std::log(factor);
  const double mean = (factor - (1 / factor)) / (2 * log);
  return std::exp(((2 * chance_.number()) - 1) * log) / mean;
}

double Draw::level(const Lengths::Kind& kind) {
  switch (kind.basis) {
    case LengthBasis::SameParameters: {
      const auto count = static_cast<double>(kind.samples.size());
      const double own = own_part(kind.samples.size());
      const double variance =
          (own * variance_of(kind.residuals)) + ((1 - own) * lengths_.spread_ * lengths_.spread_);
      const double normal = (2 * (chance_.number() + chance_.number() + chance_.number())) -
                            3;  // variance 1, about normal
      return kind.mean * std::max(kLeastLevel, 1 + (normal * std::sqrt(variance / count)));
    }
    case LengthBasis::SameTask: {
      const auto count = static_cast<double>(kind.samples.size());
      return kind.samples[static_cast<std::size_t>(chance_.number() * count)] *
             around(kOtherParameters);
    }
    case LengthBasis::Estimate:
      return kind.mean * around(kEstimated);
    case LengthBasis::Guess:
      return kind.mean * around(kGuessed);
  }
  return kind.mean;
}

double Draw::residual(const Lengths::Kind& kind) {
  const bool own = chance_.number() < own_part(kind.samples.size()) && !kind.residuals.empty();
  const auto& from = own ? kind.residuals : lengths_.pool_;
  return from[static_cast<std::size_t>(chance_.number() * static_cast<double>(from.size()))];
}

Seconds Draw::length(std::size_t kind) {
  auto& level = levels_[kind];
  if (std::isnan(level)) {
    level = this->level(lengths_.kinds_[kind]);
  }
  return Seconds{level * residual(lengths_.kinds_[kind])};
}

Seconds Draw::length_beyond(std::size_t kind, Seconds ran) {
  for (int i = 0; i < kTries; ++i) {
    levels_[kind] = kUnknown;
    if (const auto whole = length(kind); whole > ran) {
      return whole;
    }
  }
  return ran * std::min(kLongestBeyond, 1 / std::sqrt(1 - chance_.number()));
}

}  // namespace fat
