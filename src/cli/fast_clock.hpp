// The machine's clock and a speed -> the time of a virtual bench, for the tasks on it.
#pragma once

#include "fat/ports/clock.hpp"

namespace fat {

/// Durations pass `speed` times as fast as on the machine; the calendar is the machine's.
class FastClock : public Clock {
 public:
  /// `machine` must outlive it.
  FastClock(const Clock& machine, double speed)
      : machine_(machine), speed_(speed), began_(machine.now().boot) {}

  Instant now() const override {
    auto now = machine_.now();
    now.boot = began_ + std::chrono::duration_cast<Microseconds>((now.boot - began_) * speed_);
    return now;
  }

  /// How long the machine has to wait for that.
  Microseconds on_machine(Microseconds duration) const {
    return std::chrono::duration_cast<Microseconds>(duration / speed_);
  }

 private:
  const Clock& machine_;
  double speed_;
  Microseconds began_;
};

}  // namespace fat
