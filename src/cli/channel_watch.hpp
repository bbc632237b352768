// What instruments answer -> readings that are to be stored; who hears when a channel is lost.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/spokesman.hpp"
#include "fat/engine/channel_readings.hpp"

namespace fat {

/// Says when a channel is lost and when it is back. One call at a time.
class ChannelWatch {
 public:
  ChannelWatch(std::vector<ChannelEntry> channels, Spokesman& voice)
      : readings_(std::move(channels)), valid_(readings_.channels().size(), true), voice_(voice) {}

  /// Returns what is to be stored.
  TimedReading take(std::size_t place, const RawReading& raw, const Instant& at);

  /// "604800 readings of 10 channels, 3 of them without a value".
  std::string summary() const;
  /// "top_plate failed: no answer", a line for each channel that has no valid reading.
  std::vector<std::string> not_valid(const Instant& now) const;

 private:
  ChannelReadings readings_;
  std::vector<bool> valid_;
  Spokesman& voice_;
  std::uint64_t taken_ = 0, invalid_ = 0;
};

}  // namespace fat
