#include "people/mqtt_legacy.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <type_traits>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "fat/model/channel_setting.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/model/quantity.hpp"
#include "fat/model/trimmed.hpp"
#include "people/mqtt_json.hpp"

namespace fat {
namespace {

constexpr std::size_t kLongestBarePayload = 64;
constexpr std::size_t kLongestLegacyAnswer = 400;
constexpr std::size_t kMostLegacyWaiting = 1000;
constexpr double kMostWhole = 1e15;  // beyond it a double is not exact

using LegacyJson = nlohmann::ordered_json;

/// A number as the pages and databases behind it expect it: a state is 1, not true and not 1.0.
LegacyJson number_of(const ChannelEntry* channel, const std::optional<double>& value) {
  if (!value || !std::isfinite(*value)) {
    return nullptr;
  }
  const bool whole = channel != nullptr && channel->unit.empty() && std::abs(*value) < kMostWhole &&
                     *value == std::round(*value);
  return whole ? LegacyJson(static_cast<std::int64_t>(*value)) : LegacyJson(*value);
}

LegacyJson constant_json(const MqttConstant& constant) {
  return std::visit([](const auto& value) { return LegacyJson(value); }, constant);
}

std::optional<double> shown_by(const Reading& reading) {
  return reading.is_valid() ? reading.value : std::nullopt;
}

ChannelSetting setting_in(const ChannelEntry& channel, const std::string& text) {
  if (const auto number = parse_number(text)) {
    return {.value = *number, .problem = setting_problem(channel, *number)};
  }
  return parse_channel_setting(channel, text);
}

/// Of a JSON payload that has it as a number or a word; "" when it has not.
std::string field_text(const std::string& payload, const std::string& field) {
  const auto json = mqtt_object(payload);
  if (!json) {
    return {};
  }
  const auto found = json->find(field);
  if (found == json->end()) {
    return {};
  }
  if (found->is_string()) {
    return found->get<std::string>();
  }
  return found->is_number() ? fmt::format("{}", found->get<double>()) : std::string{};
}

/// The payload speaks of this section.
bool is_meant(const MqttCommandEntry& command, const std::string& payload) {
  return std::ranges::all_of(command.where, [&](const auto& condition) {
    const auto number = parse_number(field_text(payload, condition.first));
    return number && *number == condition.second;
  });
}

std::string wanted_text(const MqttCommandEntry& command, const std::string& payload) {
  if (!command.value.empty()) {
    return command.value;
  }
  if (!command.field.empty()) {
    return field_text(payload, command.field);
  }
  return payload.size() > kLongestBarePayload ? std::string{}
                                              : std::string{trimmed_of_blanks(payload)};
}

MqttPost legacy_answer(const std::string& where,
                       const MqttCommandEntry& command,
                       const std::string& channel,
                       bool accepted,
                       const std::string& text) {
  LegacyJson json = LegacyJson::object();
  json["topic"] = command.topic;
  json["channel"] = channel.empty() ? LegacyJson(nullptr) : LegacyJson(channel);
  json["accepted"] = accepted;
  json["text"] = plain_text(text, kLongestLegacyAnswer);
  return {.topic = command.answers.empty() ? where : command.answers,
          .payload = mqtt_dumped(json),
          .correlation = {}};
}

}  // namespace

LegacyTopics::LegacyTopics(LegacyParts parts)
    : parts_(std::move(parts)), published_(parts_.topics.size()) {}

std::vector<std::string> LegacyTopics::topics() const {
  std::set<std::string> all;
  for (const auto& command : parts_.commands) {
    all.insert(command.topic);
  }
  return {all.begin(), all.end()};
}

const ChannelEntry* LegacyTopics::channel(const std::string& name) const {
  const auto found = std::ranges::find(parts_.channels, name, &ChannelEntry::name);
  return found == parts_.channels.end() ? nullptr : &*found;
}

MqttPost LegacyTopics::refused(const MqttCommandEntry& command,
                               const std::string& channel,
                               std::string why) {
  parts_.say(fmt::format("telemetry {}: '{}' is refused{}{}: {}",
                         parts_.telemetry,
                         command.topic,
                         channel.empty() ? "" : " for ",
                         channel,
                         why));
  return legacy_answer(parts_.answers, command, channel, false, why);
}

void LegacyTopics::set(const MqttCommandEntry& command,
                       const MqttMessage& message,
                       MqttHeard& heard) {
  const auto text = wanted_text(command, message.payload);
  for (const auto& name : command.channels) {
    const auto* const entry = channel(name);
    if (entry == nullptr) {
      continue;  // station.ini was checked
    }
    const auto [value, problem] = setting_in(*entry, text);
    auto why = text.empty() ? std::string{"its payload says no value that can be read"} : problem;
    if (why.empty() && waiting_.size() >= kMostLegacyWaiting) {
      why = "too many commands wait";
    }
    if (!why.empty()) {
      heard.posts.push_back(refused(command, name, std::move(why)));
      continue;
    }
    waiting_[++newest_] = {.command = command, .channel = name, .value = value};
    heard.orders.push_back(
        {.ticket = newest_,
         .channel = name,
         .value = value,
         .lease = 0,
         .purpose = command.purpose,
         .who = fmt::format("'{}' (telemetry {})", command.topic, parts_.telemetry)});
  }
}

std::string LegacyTopics::obey(const MqttMessage& message, MqttHeard& heard) {
  bool meant = false;
  for (const auto& command : parts_.commands) {
    if (command.topic != message.topic || !is_meant(command, message.payload)) {
      continue;
    }
    meant = true;
    if (command.refresh) {
      begin_anew();
    } else if (command.purpose.empty()) {
      return "station.ini names no 'purpose' of a lease under which it would be done";
    } else {
      set(command, message, heard);
    }
  }
  return meant ? std::string{} : "its payload speaks of nothing that station.ini knows";
}

MqttHeard LegacyTopics::hear(const MqttMessage& message, const Instant& now) {
  MqttHeard heard;
  const auto first = std::ranges::find(parts_.commands, message.topic, &MqttCommandEntry::topic);
  if (first == parts_.commands.end() || (message.retained && message.payload.empty())) {
    return heard;
  }
  std::string why;
  if (message.retained) {
    why = "a command that the broker keeps is never carried out: publish it without 'retain'";
  } else if (rate_.comes_too_fast(now)) {
    why = fmt::format("commands come faster than {} in a second", CommandRate::kMostPerSecond);
  }
  why = why.empty() ? obey(message, heard) : why;
  if (!why.empty()) {
    heard.posts.push_back(refused(*first, {}, std::move(why)));
  }
  return heard;
}

std::vector<MqttPost> LegacyTopics::finished(std::uint64_t ticket,
                                             const std::string& failure,
                                             const Instant& /*now*/) {
  const auto found = waiting_.find(ticket);
  if (found == waiting_.end()) {
    return {};
  }
  const auto [command, name, value] = found->second;
  waiting_.erase(found);
  if (!failure.empty()) {
    return {refused(command, name, failure)};
  }
  const auto* const entry = channel(name);
  return {legacy_answer(
      parts_.answers,
      command,
      name,
      true,
      fmt::format("{} reads back {}", name, entry ? shown_setting(*entry, value) : ""))};
}

void LegacyTopics::begin_anew() {
  std::ranges::fill(published_, Published{});
}

bool LegacyTopics::has_changed(const std::string& name,
                               const std::optional<double>& value,
                               const Published& published) const {
  const auto found = published.values.find(name);
  if (found == published.values.end()) {
    return true;
  }
  const auto& last = found->second;
  if (!value || !last) {
    return value.has_value() != last.has_value();
  }
  const auto* const entry = channel(name);
  return std::abs(*value - *last) > (entry != nullptr ? entry->dead_band : 0);
}

std::vector<LegacyTopics::Shown> LegacyTopics::shown_now(const MqttTopicEntry& topic,
                                                         const Published& published,
                                                         bool all) const {
  auto keys = topic.values;
  if (!topic.bare.empty()) {
    keys.emplace_back(std::string{}, topic.bare);
  }
  std::vector<Shown> shown;
  for (const auto& [key, name] : keys) {
    const auto value = shown_by(parts_.reading(name));
    shown.push_back({.key = key,
                     .name = name,
                     .value = value,
                     .state = {},
                     .changed = all || has_changed(name, value, published)});
  }
  for (const auto& [key, name] : topic.states) {
    auto state = parts_.state(name);
    const auto last = published.states.find(name);
    const bool changed = all || last == published.states.end() || last->second != state;
    shown.push_back(
        {.key = key, .name = name, .value = {}, .state = std::move(state), .changed = changed});
  }
  return shown;
}

std::string LegacyTopics::payload_of(const MqttTopicEntry& topic,
                                     const std::vector<Shown>& shown) const {
  LegacyJson json = LegacyJson::object();
  for (const auto& [key, constant] : topic.constants) {
    json[key] = constant_json(constant);
  }
  for (const auto& one : shown) {
    if (one.changed || !topic.changed_only) {
      json[one.key] = one.state ? LegacyJson(*one.state) : number_of(channel(one.name), one.value);
    }
  }
  return mqtt_dumped(topic.bare.empty() ? json : json[std::string{}]);
}

void LegacyTopics::remember(const MqttTopicEntry& topic,
                            const std::vector<Shown>& shown,
                            Published& published) {
  for (const auto& one : shown) {
    if (one.state) {
      published.states[one.name] = *one.state;
    } else if (one.changed || !topic.changed_only) {
      published.values[one.name] = one.value;
    }
  }
}

std::optional<MqttPost> LegacyTopics::news_of(const MqttTopicEntry& topic,
                                              Published& published,
                                              const Instant& now) const {
  const auto period = topic.changed_only ? std::optional{topic.everything_every} : topic.every;
  const bool all = !published.at || (period && elapsed(*published.at, now) >= *period);
  if (topic.every && !all) {
    return std::nullopt;
  }
  const auto shown = shown_now(topic, published, all);
  const bool unknown = !topic.bare.empty() && !shown.front().value;  // has no word for it
  if (unknown || std::ranges::none_of(shown, &Shown::changed)) {
    return std::nullopt;
  }
  remember(topic, shown, published);
  if (all) {
    published.at = now;
  }
  return MqttPost{.topic = topic.topic,
                  .payload = payload_of(topic, shown),
                  .correlation = {},
                  .care = MqttPost::Care::Once};
}

std::vector<MqttPost> LegacyTopics::look(const Instant& now) {
  std::vector<MqttPost> posts;
  for (std::size_t place = 0; place < parts_.topics.size(); ++place) {
    if (auto post = news_of(parts_.topics[place], published_[place], now)) {
      posts.push_back(*std::move(post));
    }
  }
  return posts;
}

}  // namespace fat
