// Time and settings -> the physics that several instruments share.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>

#include "fat/model/instant.hpp"
#include "sim/random.hpp"

namespace fat {

/// The freezer's air follows its setpoint with a time constant; the room has 21.5 degC.
class FreezerModel {
 public:
  void set(double target, bool runs, Microseconds now) {
    from_ = temperature(now);
    since_ = now;
    target_ = target;
    runs_ = runs;
  }

  double target() const { return target_; }

  bool runs() const { return runs_; }

  double temperature(Microseconds now) const {
    const double goal = runs_ ? target_ : kRoom;
    const double passed = static_cast<double>((now - since_).count()) / 1e6;
    return goal + ((from_ - goal) * std::exp(-passed / kTimeConstant));
  }

 private:
  static constexpr double kRoom = 21.5;          // degC
  static constexpr double kTimeConstant = 1800;  // s

  double target_ = 20, from_ = kRoom;
  bool runs_ = false;
  Microseconds since_{0};
};

/// What the instruments of one bench have in common.
struct BenchModel {
  explicit BenchModel(std::uint32_t seed, double how_fast) : noise(seed), speed(how_fast) {}

  /// The bench's own time: it may run fast, the wire does not.
  Microseconds hours(Microseconds now) const {
    return std::chrono::duration_cast<Microseconds>(now * speed);
  }

  Random noise;
  double speed;
  FreezerModel freezer;
  std::array<int, 2> wheel_positions{1, 1};
};

}  // namespace fat
