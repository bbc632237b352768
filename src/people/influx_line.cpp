#include "people/influx_line.hpp"

#include <cmath>
#include <string_view>

#include <fmt/format.h>

namespace fat {
namespace {

/// Of names, tags and their values. What the protocol cannot carry becomes a '_'.
std::string escaped_word(std::string_view text) {
  std::string word;
  for (const char c : text) {
    if (c == ' ' || c == ',' || c == '=') {
      word += '\\';
    }
    const bool carried = static_cast<unsigned char>(c) >= ' ' && c != '\x7f' && c != '\\';
    word += carried ? c : '_';
  }
  return word;
}

void add_tag(std::string& line, std::string_view name, std::string_view value) {
  if (!value.empty()) {  // a tag without a value is an error there
    line += fmt::format(",{}={}", name, escaped_word(value));
  }
}

/// With a decimal point or an exponent: a field that began as an integer refuses 0.5 for ever.
std::string float_text(double value) {
  auto text = fmt::format("{}", value);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

}  // namespace

std::string influx_line(const TelemetryChannel& channel,
                        const std::string& site,
                        const Reading& reading) {
  auto line = escaped_word(channel.kind);
  add_tag(line, "site", site);
  add_tag(line, "device", channel.device);
  add_tag(line, "channel", channel.name);
  add_tag(line, "unit", channel.unit);
  const bool valid = reading.is_valid() && reading.value && std::isfinite(*reading.value);
  line += valid ? fmt::format(
                      " {}={},valid=1i", escaped_word(channel.quantity), float_text(*reading.value))
                : " valid=0i";
  const auto since = reading.at.wall.time_since_epoch();
  return line +
         fmt::format(" {}", std::chrono::duration_cast<std::chrono::nanoseconds>(since).count());
}

}  // namespace fat
