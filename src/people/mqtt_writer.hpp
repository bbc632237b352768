// Points -> an MQTT broker by libmosquitto, each acknowledged by it.
#pragma once

#include <memory>
#include <vector>

#include "fat/model/telemetry_entry.hpp"
#include "people/telemetry_writer.hpp"

namespace fat {

/// Keeps one connection. `SITE/$state` (retained) is "ready", "disconnected" after an end, and what
/// the broker itself says when the station dies: "lost". `SITE/$description` (retained) names the
/// channels; the newest record of each channel is retained.
class MqttWriter : public TelemetryWriter {
 public:
  MqttWriter(TelemetryEntry entry, std::vector<TelemetryChannel> channels);
  ~MqttWriter() override;

  TelemetryResult write(const std::vector<TelemetryPoint>& points,
                        const std::stop_token& stop) override;

 private:
  class Connection;
  TelemetryResult connect(const std::stop_token& stop);

  TelemetryEntry entry_;
  std::vector<TelemetryChannel> channels_;
  std::unique_ptr<Connection> connection_;  ///< while there is one
};

}  // namespace fat
