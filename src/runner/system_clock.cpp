// Kernel clocks -> Instant. See the header.
#include "fat/runner/system_clock.hpp"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <stdexcept>

#include "runner/process_table.hpp"

namespace fat {
namespace {

Microseconds read_clock(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return std::chrono::seconds{now.tv_sec} +
         std::chrono::duration_cast<Microseconds>(std::chrono::nanoseconds{now.tv_nsec});
}

}  // namespace

SystemClock::SystemClock() : boot_id_(current_boot_id()) {
  if (boot_id_.empty()) {
    throw std::runtime_error{"/proc/sys/kernel/random/boot_id cannot be read: is /proc mounted?"};
  }
}

Instant SystemClock::now() const {
  return {.wall = WallTime{read_clock(CLOCK_REALTIME)},
          .boot = read_clock(CLOCK_BOOTTIME),
          .boot_id = boot_id_};
}

void SystemClock::pause(Microseconds time) {
  const auto end = read_clock(CLOCK_BOOTTIME) + std::max(time, Microseconds{0});
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(end);
  const timespec until{.tv_sec = seconds.count(),
                       .tv_nsec = std::chrono::nanoseconds{end - seconds}.count()};
  while (clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &until, nullptr) == EINTR) {
  }
}

}  // namespace fat
