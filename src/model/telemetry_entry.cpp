#include "fat/model/telemetry_entry.hpp"

#include <algorithm>

namespace fat {

namespace {

constexpr std::size_t kLongestTopic = 200;

}  // namespace

std::string_view to_string(TelemetryKind kind) {
  switch (kind) {
    case TelemetryKind::Influx:
      return "influx";
    case TelemetryKind::Influx2:
      return "influx2";
    case TelemetryKind::Mqtt:
      return "mqtt";
  }
  return "";
}

std::optional<TelemetryKind> parse_telemetry_kind(std::string_view text) {
  for (const auto kind : {TelemetryKind::Influx, TelemetryKind::Influx2, TelemetryKind::Mqtt}) {
    if (to_string(kind) == text) {
      return kind;
    }
  }
  return std::nullopt;
}

bool is_plain_topic(std::string_view text) {
  return !text.empty() && text.size() <= kLongestTopic && text.front() != '$' &&
         std::ranges::none_of(
             text, [](unsigned char c) { return c < ' ' || c == 0x7f || c == '+' || c == '#'; });
}

}  // namespace fat
