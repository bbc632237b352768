// Topics of a broker -> the messages on them; posts -> the broker, until it has acknowledged them.
// MQTT 5 by libmosquitto.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "fat/model/telemetry_entry.hpp"
#include "people/mqtt_partner.hpp"

namespace fat {

/// One connection, as long as it lasts: whoever is gone is made anew. Used by one thread.
class MqttClient {
 public:
  /// Both are called by the library's thread, and wait for nothing.
  struct Ears {
    std::function<void(MqttMessage)> hear;
    std::function<void()> changed;  ///< it is gone, or a post was acknowledged
  };

  MqttClient(const TelemetryEntry& entry, const std::string& password, Ears ears);
  ~MqttClient();
  MqttClient(const MqttClient&) = delete;
  MqttClient& operator=(const MqttClient&) = delete;

  /// "" when it stands and the broker lets us hear all of these topics; else why not. A broker that
  /// does not answer holds it for at most 10 s, one that cannot be reached as long as the system
  /// tries.
  std::string open(const std::vector<std::string>& topics, const std::stop_token& stop);

  /// Its number; nullopt: this post can never be sent; 0: it cannot be sent by this connection.
  std::optional<int> post(const MqttPost& post);

  bool is_gone() const;

  /// The posts that the broker has since the last question.
  std::vector<int> acknowledged();

 private:
  class Line;
  std::unique_ptr<Line> line_;
};

}  // namespace fat
