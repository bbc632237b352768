// The one place the time comes from.
#pragma once

#include "fat/model/instant.hpp"

namespace fat {

/// Implementations: `SystemClock` (runner), `ManualClock` (tests/fakes).
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
};

}  // namespace fat
