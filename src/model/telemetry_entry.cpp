#include "fat/model/telemetry_entry.hpp"

namespace fat {

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

}  // namespace fat
