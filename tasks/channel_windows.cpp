#include "channel_windows.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "arguments.hpp"

namespace fat {
namespace {

constexpr const char* kNothing = "none";

}  // namespace

const Channels& channels_of(const TaskContext& context) {
  if (context.channels == nullptr) {
    throw std::runtime_error{"there are no channels: station.ini declares none"};
  }
  return *context.channels;
}

std::vector<Window> windows_argument(const TaskContext& context, const std::string& name) {
  const auto& text = text_argument(context, name);
  auto windows = text == kNothing ? std::vector<Window>{} : parse_windows(text);
  if (!windows) {
    throw std::runtime_error{fmt::format(
        "'{}' of {}: it should be such as 'top_plate in [273, ] K, bottom in 275 +- 2 K'",
        text,
        name)};
  }
  return *windows;
}

std::vector<NamedSetting> settings_argument(const TaskContext& context, const std::string& name) {
  const auto& text = text_argument(context, name);
  auto settings = text == kNothing ? std::vector<NamedSetting>{} : parse_named_settings(text);
  if (!settings) {
    throw std::runtime_error{
        fmt::format("'{}' of {}: it should be such as 'heater_1 off, bias 12 V'", text, name)};
  }
  return *settings;
}

bool is_inside(const Window& window, const ChannelValue& value) {
  const auto& reading = value.reading;
  return reading.is_valid() && reading.value && is_inside(window, *reading.value, value.unit);
}

std::string in_words(const Window& window, const ChannelValue& value) {
  const auto& reading = value.reading;
  if (!reading.is_valid() || !reading.value) {
    return fmt::format("{} is {}: {}", window.signal, to_string(reading.state), reading.why);
  }
  return fmt::format(
      "{} is {:.6g}{}{}", window.signal, *reading.value, value.unit.empty() ? "" : " ", value.unit);
}

std::string wanted_in_words(const Window& window, const ChannelValue& value) {
  return fmt::format("{}, wanted {}", in_words(window, value), range_text(window));
}

}  // namespace fat
