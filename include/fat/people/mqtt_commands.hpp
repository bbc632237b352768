// What strangers publish on a broker -> orders to the bench, and their answers there; readings ->
// topics of another system's making. By a thread of its own.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "fat/model/channel_entry.hpp"
#include "fat/model/mqtt_topic_entry.hpp"
#include "fat/model/reading.hpp"
#include "fat/model/telemetry_entry.hpp"
#include "fat/people/leavable_thread.hpp"
#include "fat/people/mqtt_order.hpp"
#include "fat/ports/clock.hpp"

namespace fat {

/// "": it was set and read back; else why not.
using TellMqtt = std::function<void(const std::string& failure)>;

/// All are called by the thread, which owns what they use.
struct MqttCommandsParts {
  TelemetryEntry entry;                           ///< of kind Mqtt
  std::vector<ChannelEntry> channels;             ///< of the station
  std::vector<MqttTopicEntry> legacy_topics;      ///< at this broker
  std::vector<MqttCommandEntry> legacy_commands;  ///< at this broker
  /// What a channel shows now; by its name. Waits for nothing.
  std::function<Reading(const std::string& channel)> reading;
  /// "HV_ON": what a machine, or a group of them, does now; by its name. Waits for nothing.
  std::function<std::string(const std::string& name)> state;
  /// Waits for nothing. Returns why it is refused, or "" and calls `tell` later, by any thread.
  std::function<std::string(const MqttOrder& order, TellMqtt tell)> carry_out;
  std::function<void(const std::string&)> say;
};

/// Commands that came while there was no connection are lost, as the broker says to whoever asks
/// it; what is answered is kept until the broker has it.
class MqttCommands {
 public:
  /// `clock` outlives it.
  MqttCommands(MqttCommandsParts parts, const Clock& clock);
  /// Returns within two seconds.
  ~MqttCommands();
  MqttCommands(const MqttCommands&) = delete;
  MqttCommands& operator=(const MqttCommands&) = delete;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;  ///< with its thread
  LeavableThread thread_;
};

}  // namespace fat
