// [mqtt_topic NAME] and [mqtt_command NAME] of station.ini: topics whose names and payloads another
// system has given, such as those of tracker_dcs.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "fat/model/instant.hpp"

namespace fat {

/// Whole numbers stay whole: what reads these topics takes `1` and `1.0` for two types.
using MqttConstant = std::variant<long long, double, std::string>;

/// What is published, unretained and with QoS 0.
struct MqttTopicEntry {
  std::string name;
  std::string broker;  ///< name of its [telemetry ...]
  std::string topic;
  std::string bare;  ///< the channel whose number is all of the payload; empty: it is flat JSON
  std::vector<std::pair<std::string, MqttConstant>> constants;  ///< by key
  std::vector<std::pair<std::string, std::string>> values;      ///< channels by key
  std::vector<std::pair<std::string, std::string>> states;  ///< machines, or their groups, by key
  std::optional<Microseconds> every;                        ///< nullopt: on change
  bool changed_only = false;  ///< keys that did not change are left out
  Microseconds everything_every = std::chrono::minutes{10};  ///< of `changed_only`
};

/// What somebody may command there.
struct MqttCommandEntry {
  std::string name;
  std::string broker;
  std::string topic;
  std::vector<std::string> channels;  ///< all are set to the same
  std::string value;                  ///< "on", "off", "2 V"; empty: the payload says it
  std::string field;  ///< of a payload that is JSON; empty: the payload is the value
  std::vector<std::pair<std::string, double>> where;  ///< only if the payload says so
  std::string purpose;   ///< of the lease under which it is done; empty: it is always refused
  std::string answers;   ///< topic where a refusal is said
  bool refresh = false;  ///< nothing is set: everything is published again
};

}  // namespace fat
