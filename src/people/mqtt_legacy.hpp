// Readings -> topics and payloads of another system's making (tracker_dcs), and its commands ->
// orders. Pure but for who is asked for a reading.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fat/model/channel_entry.hpp"
#include "fat/model/mqtt_topic_entry.hpp"
#include "fat/model/reading.hpp"
#include "people/command_rate.hpp"
#include "people/mqtt_partner.hpp"

namespace fat {

struct LegacyParts {
  std::string telemetry;  ///< the name of its [telemetry ...]
  std::vector<MqttTopicEntry> topics;
  std::vector<MqttCommandEntry> commands;
  std::vector<ChannelEntry> channels;  ///< of the station
  std::string answers;                 ///< where a command is answered that names no topic for it
  /// What a channel shows now; by its name.
  std::function<Reading(const std::string& channel)> reading;
  std::function<std::string(const std::string& name)> state;  ///< of a machine, or of a group
  std::function<void(const std::string&)> say;
};

/// Switches and other channels without a unit are whole numbers where they are whole, everything
/// else is a float; what may not be believed is null. Nothing is said of a change within a
/// channel's dead-band. A command is done under the lease whose purpose station.ini names, else
/// refused; each channel it sets is answered, {"topic":"dcs/cmd/switch/lv","channel":"lv_1",
/// "accepted":false,"text":"..."}, and what is refused is also said.
class LegacyTopics : public MqttPartner {
 public:
  explicit LegacyTopics(LegacyParts parts);

  std::vector<std::string> topics() const override;
  MqttHeard hear(const MqttMessage& message, const Instant& now) override;
  std::vector<MqttPost> finished(std::uint64_t ticket,
                                 const std::string& failure,
                                 const Instant& now) override;
  void begin_anew() override;
  std::vector<MqttPost> look(const Instant& now) override;

 private:
  /// What was published of a topic last.
  struct Published {
    std::map<std::string, std::optional<double>> values;  ///< by channel
    std::map<std::string, std::string> states;            ///< by machine
    std::optional<Instant> at;                            ///< all of it
  };

  struct Waiting {
    MqttCommandEntry command;
    std::string channel;
    double value = 0;
  };

  struct Shown {
    std::string key, name;  ///< the channel's, or the machine's
    std::optional<double> value;
    std::optional<std::string> state;  ///< of a machine
    bool changed = false;
  };

  const ChannelEntry* channel(const std::string& name) const;
  std::vector<Shown> shown_now(const MqttTopicEntry& topic,
                               const Published& published,
                               bool all) const;
  std::string payload_of(const MqttTopicEntry& topic, const std::vector<Shown>& shown) const;
  static void remember(const MqttTopicEntry& topic,
                       const std::vector<Shown>& shown,
                       Published& published);
  std::optional<MqttPost> news_of(const MqttTopicEntry& topic,
                                  Published& published,
                                  const Instant& now) const;
  bool has_changed(const std::string& name,
                   const std::optional<double>& value,
                   const Published& published) const;
  /// Returns why it is refused as a whole.
  std::string obey(const MqttMessage& message, MqttHeard& heard);
  void set(const MqttCommandEntry& command, const MqttMessage& message, MqttHeard& heard);
  MqttPost refused(const MqttCommandEntry& command, const std::string& channel, std::string why);

  LegacyParts parts_;
  std::vector<Published> published_;          // of each topic
  std::map<std::uint64_t, Waiting> waiting_;  // by ticket
  std::uint64_t newest_ = 0;
  CommandRate rate_;
};

}  // namespace fat
