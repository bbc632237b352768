// Seed -> a sequence of numbers that is the same on every machine (the standard's distributions are
// not).
#pragma once

#include <cmath>
#include <cstdint>

namespace fat {

/// The splitmix64 sequence.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebULL;
    return mixed ^ (mixed >> 31U);
  }

  /// In [0, 1).
  double uniform() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }

  /// Mean 0, width about 1, never beyond 6: the sum of twelve uniform numbers.
  double normal() {
    double sum = -6;
    for (int i = 0; i < 12; ++i) {
      sum += uniform();
    }
    return sum;
  }

  /// Mean 1.
  double exponential() { return -std::log(1 - uniform()); }

  /// 0 for a mean of 0.
  int poisson(double mean) {
    if (mean > 50) {
      const double rounded = std::round(mean + (std::sqrt(mean) * normal()));
      return static_cast<int>(rounded);
    }
    int count = -1;
    double passed = 0;
    do {
      passed += exponential();
      ++count;
    } while (passed < mean);
    return count;
  }

 private:
  std::uint64_t state_;
};

}  // namespace fat
