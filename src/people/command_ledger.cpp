#include "people/command_ledger.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "fat/model/channel_setting.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/model/whole_number.hpp"
#include "people/mqtt_json.hpp"
#include "people/mqtt_record.hpp"

namespace fat {
namespace {

constexpr std::size_t kLongestId = 64;
constexpr std::size_t kLongestWho = 60;
constexpr std::size_t kLongestCorrelation = 1024;
constexpr std::size_t kLongestAnswerText = 500;
constexpr Microseconds kOrderTakes = std::chrono::minutes{1};
constexpr std::array<std::string_view, 5> kCommandKeys{"id", "value", "lease", "who", "reply_to"};

TelemetryChannel published(const ChannelEntry& channel) {
  return {.name = channel.name,
          .unit = channel.unit,
          .kind = {},
          .device = channel.instrument,
          .quantity = channel.source.quantity};
}

std::string string_of(const nlohmann::json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// "" when it has none that can be used.
std::string id_of(const nlohmann::json& json) {
  const auto found = json.find("id");
  if (found == json.end()) {
    return {};
  }
  if (const auto number = whole_number<std::uint64_t>(*found)) {
    return std::to_string(*number);
  }
  auto text = string_of(json, "id");
  const bool plain = text.size() <= kLongestId && std::ranges::all_of(text, [](unsigned char c) {
                       return c >= ' ' && c < 0x7f;
                     });
  return plain ? text : std::string{};
}

ChannelSetting setting_of(const ChannelEntry& channel, const nlohmann::json& json) {
  const auto value = json.find("value");
  if (value == json.end()) {
    return {.value = 0, .problem = "a command has a 'value'"};
  }
  if (value->is_number()) {
    const auto number = value->get<double>();
    return {.value = number, .problem = setting_problem(channel, number)};
  }
  if (value->is_boolean()) {
    return parse_channel_setting(channel, value->get<bool>() ? "on" : "off");
  }
  return value->is_string()
             ? parse_channel_setting(channel, value->get<std::string>())
             : ChannelSetting{.value = 0,
                              .problem =
                                  "a 'value' is a number, 'on', 'off', or a text with the "
                                  "channel's unit such as '2.5 V'"};
}

/// "" when it has only keys that are read.
std::string unknown_key(const nlohmann::json& json) {
  for (const auto& [name, ignored] : json.items()) {
    if (std::ranges::find(kCommandKeys, name) == kCommandKeys.end()) {
      return fmt::format("a command has id, value, lease, who and reply_to, and no '{}'",
                         plain_text(name, kLongestWho));
    }
  }
  return {};
}

/// "" when it can be ordered.
std::string read_order(const nlohmann::json& json, const ChannelEntry& channel, MqttOrder& order) {
  if (auto unknown = unknown_key(json); !unknown.empty()) {
    return unknown;
  }
  const auto lease = json.find("lease");
  order.lease = lease == json.end() ? 0 : whole_number<std::uint64_t>(*lease).value_or(0);
  if (order.lease == 0) {
    return fmt::format(
        "a command needs the number of a lease on {0} as 'lease': `fatmaster lease take {0} "
        "--purpose TEXT`",
        channel.instrument);
  }
  auto [value, problem] = setting_of(channel, json);
  order.value = value;
  return problem;
}

std::string command_answer(const std::string& id,
                           const ChannelEntry& channel,
                           const std::optional<double>& value,
                           const std::string& text) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  json["id"] = nullptr;
  if (!id.empty()) {
    json["id"] = id;
  }
  json["accepted"] = value.has_value();
  json["channel"] = channel.name;
  if (value) {
    json["value"] = *value;
    json["unit"] = channel.unit;
  }
  json["text"] = plain_text(text, kLongestAnswerText);
  return mqtt_dumped(json);
}

}  // namespace

std::string command_topic(const TelemetryEntry& entry, const ChannelEntry& channel) {
  return mqtt_topic(entry.topic, entry.site, published(channel)) + "/set";
}

std::string reply_topic(const TelemetryEntry& entry) {
  return entry.reply_topic.empty() ? mqtt_station_topic(entry.topic, entry.site, "$reply")
                                   : entry.reply_topic;
}

CommandLedger::CommandLedger(TelemetryEntry entry,
                             std::vector<ChannelEntry> channels,
                             std::set<std::string, std::less<>> taken)
    : entry_(std::move(entry)), taken_(std::move(taken)) {
  for (auto& channel : channels) {
    channels_.emplace(command_topic(entry_, channel), std::move(channel));
  }
}

std::vector<std::string> CommandLedger::topics() const {
  std::vector<std::string> all;
  std::ranges::transform(
      channels_, std::back_inserter(all), [](const auto& one) { return one.first; });
  return all;
}

/// Whoever may command must not make us speak in the station's own name.
std::string CommandLedger::problem_of_return(const MqttMessage& message,
                                             std::string_view topic) const {
  if (message.correlation.size() > kLongestCorrelation) {
    return "correlation data are at most 1024 bytes";
  }
  const auto own = mqtt_station_topic(entry_.topic, entry_.site, "");
  if (!topic.empty() && topic != reply_topic(entry_) &&
      (!is_plain_topic(topic) || topic.starts_with(own) || taken_.contains(topic))) {
    return fmt::format(
        "'{}' is no topic for an answer: no '+' or '#', no '$' in front, at most "
        "200 bytes, none of the station's own",
        plain_text(topic, kLongestWho));
  }
  return {};
}

CommandLedger::Command CommandLedger::understood(const MqttMessage& message,
                                                 const ChannelEntry& channel) const {
  Command command{.id = {},
                  .back = {.topic = reply_topic(entry_),
                           .payload = {},
                           .correlation = message.correlation.substr(0, kLongestCorrelation)},
                  .order = {.channel = channel.name},
                  .problem = {}};
  const auto json = mqtt_object(message.payload);
  command.id = json ? id_of(*json) : std::string{};
  const auto asked = message.response_topic.empty() && json ? string_of(*json, "reply_to")
                                                            : message.response_topic;
  command.problem = problem_of_return(message, asked);
  if (command.problem.empty() && !asked.empty()) {
    command.back.topic = asked;
  }
  if (!json) {
    command.problem =
        R"(a command is a short JSON object: {"id": "one of its own", "value": 2.5, "lease": 17})";
    return command;
  }
  if (!command.problem.empty()) {
    return command;
  }
  if (message.retained) {
    command.problem =
        "a command that the broker keeps is never carried out: publish it without 'retain'";
    return command;
  }
  if (command.id.empty()) {
    command.problem = "a command has an 'id' of 1 to 64 letters, which no other command has";
    return command;
  }
  command.problem = read_order(*json, channel, command.order);
  command.order.who = who_says(string_of(*json, "who"));
  return command;
}

std::string CommandLedger::who_says(const std::string& name) const {
  const auto who = plain_text(name, kLongestWho);
  return fmt::format("{} over MQTT (telemetry {}{})",
                     who.empty() ? "somebody" : who,
                     entry_.name,
                     entry_.user.empty() ? "" : " as " + entry_.user);
}

/// The first one's answer tells of both, or told.
std::vector<MqttPost> CommandLedger::heard_again(const Command& command,
                                                 const std::string& message) const {
  const auto& known = known_.at(command.id);
  auto back = command.back;
  if (known.message != message) {
    back.payload = command_answer(
        command.id,
        {.name = command.order.channel},
        {},
        fmt::format("the id '{}' was another command's: nothing is done", command.id));
    return {back};
  }
  if (!known.answered) {
    return {};
  }
  back.payload = known.back.payload;
  return {back};
}

void CommandLedger::remember(Command command, std::string message, const Instant& now) {
  if (order_of_ids_.size() >= kMostIds) {
    const auto oldest = known_.extract(order_of_ids_.front());
    waiting_.erase(oldest.mapped().order.ticket);
    order_of_ids_.pop_front();
  }
  order_of_ids_.push_back(command.id);
  waiting_[command.order.ticket] = command.id;
  known_[command.id] = {.message = std::move(message),
                        .back = std::move(command.back),
                        .order = std::move(command.order),
                        .since = now};
}

MqttHeard CommandLedger::hear(const MqttMessage& message, const Instant& now) {
  const auto channel = channels_.find(message.topic);
  if (channel == channels_.end() || (message.retained && message.payload.empty())) {
    return {};  // the latter: somebody takes back what the broker kept
  }
  auto command = understood(message, channel->second);
  auto whole = message.topic + '\n' + message.payload;
  if (!message.retained && known_.contains(command.id)) {
    return {.posts = heard_again(command, whole), .orders = {}};
  }
  if (command.problem.empty() && rate_.comes_too_fast(now)) {
    command.problem = fmt::format("commands come faster than {} in a second: nothing is done",
                                  CommandRate::kMostPerSecond);
  }
  if (!command.problem.empty()) {
    command.back.payload = command_answer(command.id, channel->second, {}, command.problem);
    return {.posts = {command.back}, .orders = {}};
  }
  command.order.ticket = ++newest_;
  MqttHeard heard{.posts = {}, .orders = {command.order}};
  remember(std::move(command), std::move(whole), now);
  return heard;
}

MqttPost CommandLedger::answered(Known& known, const std::string& failure) {
  const auto channel = std::ranges::find_if(
      channels_, [&](const auto& one) { return one.second.name == known.order.channel; });
  const bool good = failure.empty();
  known.answered = true;
  known.back.payload =
      command_answer(waiting_.at(known.order.ticket),
                     channel->second,
                     good ? std::optional{known.order.value} : std::nullopt,
                     good ? fmt::format("{} reads back {}",
                                        known.order.channel,
                                        shown_setting(channel->second, known.order.value))
                          : failure);
  waiting_.erase(known.order.ticket);
  return known.back;
}

std::vector<MqttPost> CommandLedger::finished(std::uint64_t ticket,
                                              const std::string& failure,
                                              const Instant& /*now*/) {
  const auto id = waiting_.find(ticket);
  if (id == waiting_.end()) {
    return {};  // answered as one that was not heard of
  }
  return {answered(known_.at(id->second), failure)};
}

std::vector<MqttPost> CommandLedger::look(const Instant& now) {
  std::vector<MqttPost> posts;
  while (!waiting_.empty()) {
    auto& known = known_.at(waiting_.begin()->second);
    if (elapsed(known.since, now) < kOrderTakes) {
      break;
    }
    posts.push_back(answered(known,
                             fmt::format("{} has not confirmed it within {}; nobody knows what "
                                         "became of it: `fatmaster read` shows it",
                                         known.order.channel,
                                         to_text(kOrderTakes))));
  }
  return posts;
}

}  // namespace fat
