#include "cli/hasty_bench.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/bench_instruments.hpp"
#include "cli/exit_code.hpp"
#include "cli/station_context.hpp"
#include "cli/virtual_station.hpp"
#include "fat/model/quantity.hpp"

namespace fat {

namespace {

constexpr double kFastest = 1e5;
constexpr Microseconds kShortestPeriod = std::chrono::milliseconds{100};
constexpr Microseconds kShortestSilence = std::chrono::seconds{4};

/// Never longer than it was.
Microseconds no_shorter_than(Microseconds shortest, Microseconds time, double speed) {
  const auto shorter = std::chrono::duration_cast<Microseconds>(time / speed);
  return std::min(time, std::max(shorter, shortest));
}

/// How much faster than the machine's the time of the virtual bench runs; starts one that does so
/// when none lives.
double speed_of_virtual_bench(const Invocation& invocation, const Station& station) {
  const auto text = invocation.arguments.value("speed");
  const auto wanted = text.empty() ? std::nullopt : parse_number(text);
  if (!text.empty() && (!wanted || *wanted < 1 || *wanted > kFastest)) {
    throw UsageError{fmt::format("fatmaster station: --speed is a number from 1 to {}", kFastest)};
  }
  const auto address = ensure_virtual_station(station.state, {.speed = wanted.value_or(1)});
  if (wanted && *wanted != address.speed) {
    throw CommandError{
        kExitRefused,
        fmt::format("the virtual bench that lives here (process {}) runs {} times as fast as a "
                    "real one, not {}: end it first, or leave --speed out",
                    address.pid,
                    address.speed,
                    *wanted)};
  }
  return address.speed;
}

}  // namespace

double speed_of_bench(const Invocation& invocation, const Station& station) {
  if (is_virtual(invocation)) {
    return speed_of_virtual_bench(invocation, station);
  }
  if (invocation.arguments.has("speed")) {
    throw UsageError{"fatmaster station: --speed is for --virtual: a real bench has one time"};
  }
  return 1;
}

Microseconds hastened(Microseconds period, double speed) {
  return no_shorter_than(kShortestPeriod, period, speed);
}

Station hasty_bench(Station station, double speed) {
  if (speed <= 1) {
    return station;
  }
  for (auto& channel : station.channels) {
    channel.period = hastened(channel.period, speed);
    channel.maximum_age = no_shorter_than(kShortestSilence, channel.maximum_age, speed);
  }
  for (auto& interlock : station.interlocks) {
    interlock.settle = no_shorter_than(Microseconds{0}, interlock.settle, speed);
    interlock.invalid_after = no_shorter_than(kShortestSilence, interlock.invalid_after, speed);
    interlock.maximum_suspension =
        no_shorter_than(kShortestSilence, interlock.maximum_suspension, speed);
  }
  return station;
}

}  // namespace fat
