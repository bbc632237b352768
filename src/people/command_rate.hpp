// Moments of commands -> whether one comes too fast. Pure.
#pragma once

#include <algorithm>
#include <optional>

#include "fat/model/instant.hpp"

namespace fat {

class CommandRate {
 public:
  static constexpr int kMostPerSecond = 10;
  static constexpr int kMostAtOnce = 20;

  /// One more comes now: true when it is one too many, which then does not count.
  bool comes_too_fast(const Instant& now) {
    if (credited_) {
      const std::chrono::duration<double> passed = elapsed(*credited_, now);
      credit_ = std::min<double>(kMostAtOnce, credit_ + (passed.count() * kMostPerSecond));
    }
    credited_ = now;
    if (credit_ < 1) {
      return true;
    }
    credit_ -= 1;
    return false;
  }

 private:
  double credit_ = kMostAtOnce;
  std::optional<Instant> credited_;
};

}  // namespace fat
