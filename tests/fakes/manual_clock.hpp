// What a test says -> the time. Nothing moves by itself.
#pragma once

#include <string>
#include <utility>

#include "fat/ports/clock.hpp"

namespace fat {

/// Both clocks under the test's control. Starts at 2026-11-21T00:00:00Z, one hour after boot
/// "boot-1".
class ManualClock : public Clock {
 public:
  Instant now() const override { return now_; }

  /// Time passes: both clocks.
  void advance(Microseconds by) {
    now_.wall += by;
    now_.boot += by;
  }

  void set(Instant now) { now_ = std::move(now); }

  void set_wall(WallTime wall) { now_.wall = wall; }

  void set_boot(Microseconds boot) { now_.boot = boot; }

  /// Somebody, or NTP, sets the wall clock by this much; the boot clock does not notice.
  void step_wall(Microseconds by) { now_.wall += by; }

  /// The machine was off for `off`: the boot clock begins anew under another boot id.
  void reboot(std::string boot_id, Microseconds off = std::chrono::minutes{2}) {
    now_.wall += off;
    now_.boot = std::chrono::seconds{10};
    now_.boot_id = std::move(boot_id);
  }

 private:
  Instant now_{.wall = WallTime{std::chrono::seconds{1795219200}},
               .boot = std::chrono::hours{1},
               .boot_id = "boot-1"};
};

}  // namespace fat
