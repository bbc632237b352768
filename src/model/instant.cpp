// Readings of the clocks -> durations that survive a reboot, and texts for people.
#include "fat/model/instant.hpp"

#include <algorithm>
#include <array>
#include <ctime>

#include <fmt/format.h>

namespace fat {

namespace {

using std::chrono::duration_cast;

struct Unit {
  Microseconds length;
  const char* name;
};

constexpr std::array kUnits{Unit{std::chrono::hours{24}, "d"},
                            Unit{std::chrono::hours{1}, "h"},
                            Unit{std::chrono::minutes{1}, "min"},
                            Unit{std::chrono::seconds{1}, "s"}};

Microseconds rounded(Microseconds duration, Microseconds grain) {
  const auto rest = duration % grain;
  const auto whole = duration - rest;
  const bool fits = whole <= Microseconds::max() - grain;
  return rest >= grain - rest && fits ? whole + grain : whole;
}

struct SplitTime {
  std::time_t seconds;  ///< rounded down, also before 1970
  Microseconds::rep microseconds;
};

SplitTime split(WallTime when) {
  constexpr Microseconds::rep second = 1'000'000;
  const auto count = when.time_since_epoch().count();
  const auto rest = count % second;
  return rest < 0 ? SplitTime{(count / second) - 1, rest + second}
                  : SplitTime{count / second, rest};
}

/// Below a minute: one unit, seconds with at most one decimal.
std::string short_text(Microseconds duration) {
  if (duration < std::chrono::milliseconds{1}) {
    return fmt::format("{} us", duration.count());
  }
  if (duration < std::chrono::milliseconds{1000}) {
    return fmt::format("{} ms", duration_cast<std::chrono::milliseconds>(duration).count());
  }
  const auto tenths = duration / std::chrono::milliseconds{100};
  return tenths % 10 == 0 ? fmt::format("{} s", tenths / 10)
                          : fmt::format("{}.{} s", tenths / 10, tenths % 10);
}

/// The largest unit that fits and the one below it; a zero is left out.
std::string long_text(Microseconds duration) {
  std::size_t index = 0;
  while (index + 2 < kUnits.size() && duration < kUnits.at(index).length) {
    ++index;
  }
  const Unit& large = kUnits.at(index);
  const Unit& small = kUnits.at(index + 1);
  duration = rounded(duration, small.length);
  if (index > 0 && duration >= kUnits.at(index - 1).length) {  // 23 h 59.9 min is a day
    return fmt::format("1 {}", kUnits.at(index - 1).name);
  }
  const auto rest = duration % large.length / small.length;
  const auto whole = fmt::format("{} {}", duration / large.length, large.name);
  return rest == 0 ? whole : fmt::format("{} {} {}", whole, rest, small.name);
}

/// Rounded to what short_text() can show.
Microseconds rounded_to_shown(Microseconds duration) {
  if (duration < std::chrono::milliseconds{1}) {
    return duration;
  }
  const auto to_milliseconds = rounded(duration, std::chrono::milliseconds{1});
  return to_milliseconds < std::chrono::seconds{1}
             ? to_milliseconds
             : rounded(duration, std::chrono::milliseconds{100});
}

}  // namespace

Microseconds elapsed(const Instant& start, const Instant& end) {
  const auto passed = start.boot_id == end.boot_id ? end.boot - start.boot : end.wall - start.wall;
  return std::max(passed, Microseconds{0});
}

Microseconds time_left(const Instant& start,
                       Microseconds length,
                       const Instant& last_seen,
                       const Instant& now) {
  const auto passed = start.boot_id == now.boot_id
                          ? elapsed(start, now)
                          : elapsed(start, last_seen) + elapsed(last_seen, now);
  return std::max(length - passed, Microseconds{0});
}

std::string to_iso_utc(WallTime when) {
  const auto [time, microseconds] = split(when);
  std::tm parts{};
  if (gmtime_r(&time, &parts) == nullptr) {
    return fmt::format("{} us after 1970", when.time_since_epoch().count());
  }
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z",
                     parts.tm_year + 1900,
                     parts.tm_mon + 1,
                     parts.tm_mday,
                     parts.tm_hour,
                     parts.tm_min,
                     parts.tm_sec,
                     microseconds);
}

std::string to_local_text(WallTime when) {
  const auto time = split(when).seconds;
  std::tm parts{};
  std::array<char, 64> text{};
  if (localtime_r(&time, &parts) == nullptr ||
      std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S %z", &parts) == 0) {
    return to_iso_utc(when);
  }
  return text.data();
}

std::string to_text(Microseconds duration) {
  if (duration < Microseconds{0}) {
    return "-" + to_text(duration == Microseconds::min() ? Microseconds::max() : -duration);
  }
  const auto shown = rounded_to_shown(duration);
  return shown < std::chrono::minutes{1} ? short_text(shown) : long_text(duration);
}

}  // namespace fat
