// Random numbers -> a small plan with everything a plan can have.
#pragma once

#include <random>

#include "fat/model/plan.hpp"

namespace fat {

/// The same seed gives the same numbers with every library: no std::..._distribution.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  /// 0 .. n-1
  int below(int n) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(n)); }

  bool percent(int chance) { return below(100) < chance; }

 private:
  std::mt19937_64 engine_;
};

Plan random_plan(Dice& dice);

}  // namespace fat
