// A moment as the engine knows it: wall clock, boot-time clock and the boot they belong to.
#pragma once

#include <chrono>
#include <string>

namespace fat {

using Microseconds = std::chrono::microseconds;
using WallTime = std::chrono::sys_time<Microseconds>;

/// One reading of both clocks. Durations are measured on `boot` (it counts suspend and never
/// jumps); `wall` is for people, calendars, and for what is left of a duration after a reboot.
struct Instant {
  WallTime wall;
  Microseconds boot{0};
  std::string boot_id;

  bool operator==(const Instant&) const = default;
};

/// What is left until `length` has passed since `start`, never negative and never more than
/// `length`. In the same boot the boot clock decides. After a reboot the wall clock does, for the
/// time since `last_seen`, the last moment recorded before the reboot: what was left then is an
/// upper bound, so a stepped clock cannot lengthen it.
Microseconds time_left(const Instant& start,
                       Microseconds length,
                       const Instant& last_seen,
                       const Instant& now);

/// Time from `start` to `end`: boot clock within one boot, else wall clock; never negative.
Microseconds elapsed(const Instant& start, const Instant& end);

/// "2026-11-21T02:20:02.123456Z".
std::string to_iso_utc(WallTime when);

/// "2026-11-21 03:20:02 +0100" in the zone named by TZ of this process (the station's zone).
std::string to_local_text(WallTime when);

/// "1 h 20 min", "12.3 s", "3 d 4 h": two units at most, for people.
std::string to_text(Microseconds duration);

}  // namespace fat
