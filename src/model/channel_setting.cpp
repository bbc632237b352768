#include "fat/model/channel_setting.hpp"

#include <utility>

#include <fmt/format.h>

#include "fat/model/plain_text.hpp"
#include "fat/model/quantity.hpp"
#include "fat/model/trimmed.hpp"

namespace fat {

namespace {

constexpr std::size_t kShownText = 60;

bool can_be_set(const ChannelEntry& channel) {
  return channel.settable && channel.calibration.kind == CalibrationKind::None;
}

bool is_switch(const ChannelEntry& channel) {
  return channel.unit.empty() && channel.settable &&
         *channel.settable == SettingRange{.low = 0, .high = 1};
}

}  // namespace

std::string setting_problem(const ChannelEntry& channel, double value) {
  if (!channel.settable || !can_be_set(channel)) {
    return fmt::format(
        "{} can only be read{}", channel.name, channel.settable ? ": it has a calibration" : "");
  }
  const auto& [low, high] = *channel.settable;
  const bool within = value >= low && value <= high;  // false of NaN
  return within ? std::string{}
                : fmt::format("{} can be set from {:.6g} to {:.6g}{}{}",
                              channel.name,
                              low,
                              high,
                              channel.unit.empty() ? "" : " ",
                              channel.unit);
}

ChannelSetting parse_channel_setting(const ChannelEntry& channel, std::string_view text) {
  if (channel.unit.empty() && (text == "on" || text == "off")) {
    const double value = text == "on" ? 1 : 0;
    return {.value = value, .problem = setting_problem(channel, value)};
  }
  const auto value = parse_quantity(text);
  auto problem = setting_problem(channel, value ? value->value : 0);
  if (can_be_set(channel) && (!value || value->unit != channel.unit)) {
    problem =
        fmt::format("{} is set to {}, not to '{}'",
                    channel.name,
                    channel.unit.empty() ? "on, off or a number" : "a value in " + channel.unit,
                    plain_text(text, kShownText));
  }
  return {.value = value ? value->value : 0, .problem = std::move(problem)};
}

std::optional<std::vector<NamedSetting>> parse_named_settings(std::string_view text) {
  std::vector<NamedSetting> settings;
  for (;;) {
    const auto length = length_of_first(text);
    const auto one = trimmed_of_blanks(text.substr(0, length));
    const auto blank = one.find_first_of(" \t");
    if (one.empty() || blank == std::string_view::npos) {
      return std::nullopt;
    }
    settings.push_back(
        {std::string{one.substr(0, blank)}, std::string{trimmed_of_blanks(one.substr(blank))}});
    if (length == text.size()) {
      return settings;
    }
    text.remove_prefix(length + 1);
  }
}

std::string shown_setting(const ChannelEntry& channel, double value) {
  if (is_switch(channel) && (value == 0 || value == 1)) {
    return value == 0 ? "off" : "on";
  }
  return fmt::format("{:.6g}{}{}", value, channel.unit.empty() ? "" : " ", channel.unit);
}

}  // namespace fat
