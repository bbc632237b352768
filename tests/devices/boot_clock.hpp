// The machine's clocks, for tests that talk over a wire.
#pragma once

#include <chrono>

#include "fat/ports/clock.hpp"

namespace fat {

class BootClock : public Clock {
 public:
  Instant now() const override {
    Instant instant;
    instant.wall = std::chrono::time_point_cast<Microseconds>(std::chrono::system_clock::now());
    instant.boot = std::chrono::duration_cast<Microseconds>(
        std::chrono::steady_clock::now().time_since_epoch());
    instant.boot_id = "test";
    return instant;
  }
};

}  // namespace fat
