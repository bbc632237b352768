#include "fat/engine/channel_readings.hpp"

#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace fat {

namespace {

std::string with_unit(double value, const std::string& unit) {
  return unit.empty() ? fmt::format("{:.6g}", value) : fmt::format("{:.6g} {}", value, unit);
}

/// "[70, 330] K"; a side that is open is empty.
std::string shown_range(const ChannelEntry& channel) {
  const auto side = [](const std::optional<double>& bound) {
    return bound ? fmt::format("{:.6g}", *bound) : std::string{};
  };
  return fmt::format("[{}, {}] {}", side(channel.lowest), side(channel.highest), channel.unit);
}

}  // namespace

ChannelReadings::ChannelReadings(std::vector<ChannelEntry> channels)
    : channels_(std::move(channels)), newest_(channels_.size()), told_(channels_.size()) {
  calibrators_.reserve(channels_.size());
  for (const auto& channel : channels_) {
    calibrators_.emplace_back(channel.calibration);
  }
}

Reading ChannelReadings::judge(std::size_t channel,
                               const RawReading& raw,
                               const Instant& at) const {
  const auto& entry = channels_.at(channel);
  const auto failed = [&](ReadingState state, std::string why) {
    return Reading{.at = at, .value = {}, .state = state, .why = std::move(why)};
  };
  if (raw.lent) {
    return failed(ReadingState::Lent, raw.why);
  }
  if (!raw.value || !std::isfinite(*raw.value)) {
    return failed(ReadingState::Failed, raw.value ? "the instrument gave no number" : raw.why);
  }
  const auto value = calibrators_.at(channel)(*raw.value);
  if (!value) {
    return failed(ReadingState::OutOfRange,
                  fmt::format("the instrument gave {:.6g}, for which the calibration says nothing",
                              *raw.value));
  }
  const bool too_low = entry.lowest && *value < *entry.lowest;
  const bool too_high = entry.highest && *value > *entry.highest;
  if (too_low || too_high) {
    return failed(
        ReadingState::OutOfRange,
        fmt::format("{} is not within {}", with_unit(*value, entry.unit), shown_range(entry)));
  }
  return {.at = at, .value = value, .state = ReadingState::Ok, .why = {}};
}

bool ChannelReadings::take(std::size_t channel, const RawReading& raw, const Instant& at) {
  return take(channel, judge(channel, raw, at));
}

bool ChannelReadings::take(std::size_t channel, const Reading& reading) {
  auto& newest = newest_.at(channel);
  auto& told = told_.at(channel);
  newest = reading;
  const bool moved = newest.value && told.value &&
                     std::abs(*newest.value - *told.value) > channels_.at(channel).dead_band;
  const bool news = newest.state != told.state || moved;
  if (news) {
    told = newest;
  }
  return news;
}

Reading ChannelReadings::reading(std::size_t channel, const Instant& now) const {
  return as_of(channels_.at(channel), newest_.at(channel), now);
}

Reading as_of(const ChannelEntry& channel, const Reading& reading, const Instant& now) {
  if (reading.state == ReadingState::None) {
    return {.at = reading.at, .value = {}, .state = reading.state, .why = "nothing was read yet"};
  }
  const auto age = elapsed(reading.at, now);
  if (age <= channel.maximum_age) {
    return reading;
  }
  return {.at = reading.at,
          .value = {},
          .state = ReadingState::Stale,
          .why = fmt::format("the last answer came {} ago{}{}",
                             to_text(age),
                             reading.value ? ": " + with_unit(*reading.value, channel.unit) : "",
                             reading.why.empty() ? "" : ": " + reading.why)};
}

}  // namespace fat
