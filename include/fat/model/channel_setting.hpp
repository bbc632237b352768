// "on", "12 V" -> what a channel is set to, or why it cannot be.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

/// Of one channel, as text.
struct NamedSetting {
  std::string channel, value;

  bool operator==(const NamedSetting&) const = default;
};

/// "heater_1 on, bias 12 V"; nullopt when it is not of that form. Whether the channels are there
/// is not asked.
std::optional<std::vector<NamedSetting>> parse_named_settings(std::string_view text);

/// "off", "12 V".
std::string shown_setting(const ChannelEntry& channel, double value);

}  // namespace fat
