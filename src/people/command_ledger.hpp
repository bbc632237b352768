// Commands of strangers for channels -> orders, and exactly one answer for each command. Pure.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fat/model/channel_entry.hpp"
#include "fat/model/telemetry_entry.hpp"
#include "people/command_rate.hpp"
#include "people/mqtt_partner.hpp"

namespace fat {

/// "fat/north-hall/rigol1/heater_1/set".
std::string command_topic(const TelemetryEntry& entry, const ChannelEntry& channel);

/// Where a command is answered that names no topic: "fat/north-hall/$reply", or what station.ini
/// says.
std::string reply_topic(const TelemetryEntry& entry);

/// {"id":"7f3a","value":2.5,"lease":17} on a channel's topic, with `who` and `reply_to` if one
/// likes; answered with {"id":"7f3a","accepted":true,"channel":"bias","value":2.5,"unit":"V",
/// "text":"bias reads back 2.5 V"}. Of an id that comes again nothing is done again.
class CommandLedger : public MqttPartner {
 public:
  static constexpr std::size_t kMostIds = 1000;

  /// `channels`: those that can be set. `taken`: topics besides those of the telemetry where no
  /// answer goes.
  CommandLedger(TelemetryEntry entry,
                std::vector<ChannelEntry> channels,
                std::set<std::string, std::less<>> taken = {});

  std::vector<std::string> topics() const override;
  MqttHeard hear(const MqttMessage& message, const Instant& now) override;
  std::vector<MqttPost> finished(std::uint64_t ticket,
                                 const std::string& failure,
                                 const Instant& now) override;
  /// What was ordered and not heard of for a minute is answered so.
  std::vector<MqttPost> look(const Instant& now) override;

 private:
  /// What stands in a message, or what is wrong with it.
  struct Command {
    std::string id;  ///< empty: it has none
    MqttPost back;   ///< its payload is the answer, once there is one
    MqttOrder order;
    std::string problem;
  };

  /// An id that was heard.
  struct Known {
    std::string message;  ///< topic and payload: what comes again is the same
    MqttPost back;
    MqttOrder order;
    Instant since;
    bool answered = false;
  };

  Command understood(const MqttMessage& message, const ChannelEntry& channel) const;
  std::string who_says(const std::string& name) const;
  std::string problem_of_return(const MqttMessage& message, std::string_view topic) const;
  std::vector<MqttPost> heard_again(const Command& command, const std::string& message) const;
  void remember(Command command, std::string message, const Instant& now);
  MqttPost answered(Known& known, const std::string& failure);

  TelemetryEntry entry_;
  std::set<std::string, std::less<>> taken_;
  std::map<std::string, ChannelEntry> channels_;  // by topic
  std::map<std::string, Known> known_;            // by id
  std::deque<std::string> order_of_ids_;
  std::map<std::uint64_t, std::string> waiting_;  // ids by ticket
  std::uint64_t newest_ = 0;
  CommandRate rate_;
};

}  // namespace fat
