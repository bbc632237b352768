// "on", "12 V" -> what a channel is set to, or why it cannot be.
#pragma once

#include <string>
#include <string_view>

#include "fat/model/channel_entry.hpp"

namespace fat {

struct ChannelSetting {
  double value = 0;
  std::string problem;  ///< in words; empty: `value` can be set
};

/// A switch takes on and off; everything else carries the channel's unit and lies in the range of
/// its quantity. A channel with a calibration is never set: its value is not the instrument's.
ChannelSetting parse_channel_setting(const ChannelEntry& channel, std::string_view text);

/// Why it cannot be set to that; "" when it can.
std::string setting_problem(const ChannelEntry& channel, double value);

/// "off", "12 V".
std::string shown_setting(const ChannelEntry& channel, double value);

}  // namespace fat
