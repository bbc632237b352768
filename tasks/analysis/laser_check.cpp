#include "laser_check.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace fat {

namespace {

using Seconds = std::chrono::duration<double>;

struct KnownFrequency {
  Hertz frequency;
  IntervalWindow window{};
};

constexpr std::array kFrequencies{
    KnownFrequency{{100}, {Seconds{0.0099}, Seconds{0.0101}}},
    KnownFrequency{{500}, {Seconds{0.0019}, Seconds{0.0021}}},
    KnownFrequency{{1000}, {Seconds{0.00099}, Seconds{0.00101}}},
};

/// Negative when the later stamp is the smaller one.
Seconds interval(std::uint64_t earlier, std::uint64_t later) {
  const auto ticks = static_cast<std::int64_t>(later - earlier);
  return Seconds{static_cast<double>(ticks) / kAdcClock.value};
}

}  // namespace

std::optional<IntervalWindow> laser_window(Hertz frequency) {
  const auto* known = std::ranges::find(kFrequencies, frequency, &KnownFrequency::frequency);
  return known == kFrequencies.end() ? std::nullopt : std::optional{known->window};
}

LaserIntervals laser_intervals(std::span<const std::uint64_t> stamps,
                               const IntervalWindow& window) {
  const Seconds middle = (window.low + window.high) / 2;
  LaserIntervals found;
  for (std::size_t i = 1; i < stamps.size(); ++i) {
    const auto between = interval(stamps[i - 1], stamps[i]);
    ++found.all;
    if (between >= window.low && between <= window.high) {
      ++found.inside;
    } else if (std::abs((between - middle).count()) > std::abs((found.worst - middle).count()) ||
               found.all - found.inside == 1) {
      found.worst = between;
    }
  }
  return found;
}

std::optional<Seconds> mean_interval(std::span<const std::uint64_t> stamps) {
  if (stamps.size() < 2) {
    return std::nullopt;
  }
  return interval(stamps.front(), stamps.back()) / static_cast<double>(stamps.size());
}

}  // namespace fat
