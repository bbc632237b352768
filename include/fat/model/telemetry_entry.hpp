// One [telemetry NAME] of station.ini: which database or broker hears every reading.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fat/model/instant.hpp"
#include "fat/model/people_entry.hpp"

namespace fat {

/// Influx: `/write?db=` of InfluxDB 1 and VictoriaMetrics. Influx2: `/api/v2/write?org=&bucket=`.
/// Mqtt: a record for each reading, QoS 1.
enum class TelemetryKind { Influx, Influx2, Mqtt };

/// "influx", "influx2", "mqtt".
std::string_view to_string(TelemetryKind kind);
std::optional<TelemetryKind> parse_telemetry_kind(std::string_view text);

/// Something can be published there: no wildcard, no control character, none of the broker's own
/// topics ("$SYS"), at most 200 bytes.
bool is_plain_topic(std::string_view text);

struct TelemetryEntry {
  std::string name;
  TelemetryKind kind = TelemetryKind::Influx;
  std::string server;                ///< "http://127.0.0.1:8086", "mqtt://broker:1883"; no path
  std::string database;              ///< of Influx
  std::string user;                  ///< of Influx and Mqtt; empty: it asks for no login
  SecretPlace password;              ///< of that user
  std::string organization, bucket;  ///< of Influx2
  SecretPlace token;                 ///< of Influx2
  std::string topic = "fat";         ///< of Mqtt: what every topic begins with
  bool commands = false;             ///< of Mqtt: the channels are also set over it
  std::string reply_topic;           ///< of Mqtt: where a command is answered that names no topic
  std::string site;                  ///< tag of every point; default: the station's name
  Microseconds every = std::chrono::seconds{5};
};

}  // namespace fat
