// Messages of a broker -> what is ordered of the bench, and what is answered; as a seam.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fat/model/instant.hpp"
#include "fat/people/mqtt_order.hpp"

namespace fat {

/// As it came. Whatever stands in it was written by a stranger.
struct MqttMessage {
  std::string topic, payload;
  std::string response_topic;  ///< of MQTT 5; empty: none
  std::string correlation;     ///< of MQTT 5: bytes, given back as they are
  bool retained = false;       ///< published to be kept by the broker, or kept by it
};

struct MqttPost {
  std::string topic, payload;
  std::string correlation;  ///< empty: none
  /// Once: it may get lost, as on a broker that is away. Kept: until the broker has it.
  enum class Care { Once, Kept } care = Care::Kept;

  bool operator==(const MqttPost&) const = default;
};

struct MqttHeard {
  std::vector<MqttPost> posts;
  std::vector<MqttOrder> orders;
};

/// Implementations: `CommandLedger`, `LegacyTopics`. Used by one thread; waits for nothing and
/// throws nothing for what a stranger wrote.
class MqttPartner {
 public:
  MqttPartner() = default;
  virtual ~MqttPartner() = default;
  MqttPartner(const MqttPartner&) = delete;
  MqttPartner& operator=(const MqttPartner&) = delete;

  /// What it wants to hear.
  virtual std::vector<std::string> topics() const = 0;

  virtual MqttHeard hear(const MqttMessage& message, const Instant& now) = 0;

  /// What became of an order, by its ticket. `failure`: "" when it was set and read back.
  virtual std::vector<MqttPost> finished(std::uint64_t ticket,
                                         const std::string& failure,
                                         const Instant& now) = 0;

  /// There is a new connection: what was posted with Care::Once before may never have arrived.
  virtual void begin_anew() {}

  /// Time has passed.
  virtual std::vector<MqttPost> look(const Instant& now) = 0;
};

}  // namespace fat
