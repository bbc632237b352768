// The kernel's clocks -> moments as the engine knows them.
#pragma once

#include <string>

#include "fat/ports/clock.hpp"

namespace fat {

/// The one reader of the clock, and the one who sleeps. Any thread.
class SystemClock : public Clock {
 public:
  /// Throws std::runtime_error when the kernel does not tell which boot this is.
  SystemClock();

  Instant now() const override;

  /// Returns after that time on the boot clock; at once when it is not positive.
  static void pause(Microseconds time);

 private:
  std::string boot_id_;
};

}  // namespace fat
