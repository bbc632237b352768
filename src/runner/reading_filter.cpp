#include "runner/reading_filter.hpp"

#include <algorithm>
#include <chrono>

namespace fat {

namespace {

constexpr Microseconds kAtLeastEvery = std::chrono::seconds{60};

}  // namespace

void ReadingFilter::follow(const Plan& plan) {
  windows_.clear();
  for (const auto& step : plan.steps) {
    for (const auto& window : step.valid_when) {
      auto& known = windows_[window.signal];
      if (std::ranges::find(known, window) == known.end()) {
        known.push_back(window);
      }
    }
  }
}

bool ReadingFilter::is_news(const SignalRead& reading) {
  const auto [place, first] = passed_.try_emplace(reading.signal, reading);
  auto& last = place->second;
  auto every = kAtLeastEvery;
  bool crosses = false;
  for (const auto& window : windows_[reading.signal]) {
    every = std::min(every, window.max_age / 2);
    crosses = crosses || is_inside(window, last.value, last.unit) !=
                             is_inside(window, reading.value, reading.unit);
  }
  const auto age = std::chrono::abs(reading.at - last.at);  // the clock may be set back
  const bool news = first || crosses || age >= every || reading.unit != last.unit;
  if (news) {
    last = reading;
  }
  return news;
}

}  // namespace fat
