#include "plan/mqtt_keys.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "fat/model/channel_setting.hpp"
#include "fat/model/quantity.hpp"
#include "plan/raw_text.hpp"

namespace fat {

namespace {

constexpr std::string_view kTopicSection = "mqtt_topic ";
constexpr std::string_view kCommandSection = "mqtt_command ";
constexpr std::string_view kConstantKey = "constant.", kValueKey = "value.";
constexpr std::string_view kStateKey = "state.", kWhereKey = "where.";
constexpr std::size_t kLongestMqttWord = 100;
constexpr std::size_t kMostMqttKeys = 100;
constexpr auto kShortestMqttSpan = std::chrono::seconds{1};
constexpr auto kLongestMqttSpan = std::chrono::hours{1};

MqttTopicEntry& newest_topic(StationFile& file) {
  return file.station.mqtt_topics.back();
}

MqttCommandEntry& newest_command(StationFile& file) {
  return file.station.mqtt_commands.back();
}

bool is_mqtt_word(std::string_view text) {
  return !text.empty() && text.size() <= kLongestMqttWord && !has_control_character(text);
}

/// "lv_vMon" of "value.lv_vMon", as it is written; "" after a report.
std::string json_key(const IniKey& key, std::string_view prefix, SectionReport& report) {
  auto name = key.written.substr(std::min(prefix.size(), key.written.size()));
  if (!is_mqtt_word(name)) {
    report.wrong(key, "a key of the payload with what it holds, such as 'value.lv_vMon = lv_1'");
    return {};
  }
  return name;
}

void read_word(const IniKey& key, std::string& place, SectionReport& report) {
  const bool topic = key.name == "topic" || key.name == "answers";
  if (topic ? !is_plain_topic(key.value) : !is_mqtt_word(key.value)) {
    report.wrong(key,
                 topic ? "a topic such as 'dcs/channels', without '+', '#' and a leading '$'"
                       : "a word of one line");
    return;
  }
  place = key.value;
}

/// What both kinds of sections have to name.
void check_broker(const IniSection& section,
                  const std::string& broker,
                  const Station& station,
                  SectionReport& report) {
  const auto* const key = find_key(section, "broker");
  if (key == nullptr || broker.empty()) {
    return;  // said
  }
  const auto entry = std::ranges::find(station.telemetry, broker, &TelemetryEntry::name);
  if (entry == station.telemetry.end() || entry->kind != TelemetryKind::Mqtt) {
    report.error(*key,
                 fmt::format("there is no [telemetry {}] of 'kind = mqtt'", shortened(broker)));
  }
}

const ChannelEntry* named_channel(const std::string& name,
                                  const IniKey& key,
                                  const Station& station,
                                  SectionReport& report) {
  const auto channel = std::ranges::find(station.channels, name, &ChannelEntry::name);
  if (channel != station.channels.end()) {
    return &*channel;
  }
  std::vector<std::string> names;
  std::ranges::transform(station.channels, std::back_inserter(names), &ChannelEntry::name);
  report.error(
      key, fmt::format("there is no [channel {}]{}", shortened(name), report.suggest(name, names)));
  return nullptr;
}

/// Of everything that has a state: a module's power, a group of them, a chiller.
void check_machine(const IniKey& key, const Station& station, SectionReport& report) {
  std::vector<std::string> names;
  for (const auto& power : station.module_powers) {
    names.push_back(power.name);
    if (!power.group.empty()) {
      names.push_back(power.group);
    }
  }
  std::ranges::transform(station.chillers, std::back_inserter(names), &ChillerEntry::name);
  if (std::ranges::find(names, key.value) == names.end()) {
    report.error(key,
                 fmt::format("there is no [module_power {0}], no group of that name and no "
                             "[chiller {0}]{1}",
                             shortened(key.value),
                             report.suggest(key.value, names)));
  }
}

/// Whatever feeds a topic is there.
void check_sources(const IniSection& section, const Station& station, SectionReport& report) {
  for (const auto& key : section.keys) {
    if (key.name == "bare" || key.name.starts_with(kValueKey)) {
      named_channel(key.value, key, station, report);
    } else if (key.name.starts_with(kStateKey)) {
      check_machine(key, station, report);
    }
  }
}

/// 3, 3.5 or a text.
MqttConstant constant_of(const std::string& text) {
  if (const auto whole = parse_integer(text)) {
    return *whole;
  }
  if (const auto number = parse_number(text)) {
    return *number;
  }
  return text;
}

/// What is set must be settable; a value that stands in the file must fit each channel.
void check_command_set(const IniSection& section,
                       const MqttCommandEntry& entry,
                       const Station& station,
                       SectionReport& report) {
  const auto* const key = find_key(section, "set");
  for (const auto& name : entry.channels) {
    const auto* const channel = named_channel(name, *key, station, report);
    if (channel == nullptr) {
      continue;
    }
    const auto problem =
        entry.value.empty()
            ? setting_problem(*channel, channel->settable ? channel->settable->low : 0)
            : parse_channel_setting(*channel, entry.value).problem;
    if (!problem.empty()) {
      report.error(*key, problem);
    }
  }
}

}  // namespace

void read_mqtt_topic_word(const IniKey& key, StationFile& file, SectionReport& report) {
  auto& entry = newest_topic(file);
  auto* place = &entry.bare;
  if (key.name == "broker") {
    place = &entry.broker;
  } else if (key.name == "topic") {
    place = &entry.topic;
  }
  read_word(key, *place, report);
}

void read_mqtt_constant(const IniKey& key, StationFile& file, SectionReport& report) {
  auto name = json_key(key, kConstantKey, report);
  if (name.empty()) {
    return;
  }
  if (!is_mqtt_word(key.value)) {
    report.wrong(key, "a number or a word of one line");
    return;
  }
  newest_topic(file).constants.emplace_back(std::move(name), constant_of(key.value));
}

void read_mqtt_value(const IniKey& key, StationFile& file, SectionReport& report) {
  auto name = json_key(key, kValueKey, report);
  if (!name.empty()) {
    newest_topic(file).values.emplace_back(std::move(name), key.value);
  }
}

void read_mqtt_state(const IniKey& key, StationFile& file, SectionReport& report) {
  auto name = json_key(key, kStateKey, report);
  if (!name.empty()) {
    newest_topic(file).states.emplace_back(std::move(name), key.value);
  }
}

void read_mqtt_span(const IniKey& key, StationFile& file, SectionReport& report) {
  const auto span = parse_duration(key.value);
  if (!span || *span < kShortestMqttSpan || *span > kLongestMqttSpan) {
    report.wrong(key, "a duration from 1 s to 1 h with its unit, such as '5 s'");
    return;
  }
  if (key.name == "every") {
    newest_topic(file).every = *span;
  } else {
    newest_topic(file).everything_every = *span;
  }
}

void read_mqtt_changed_only(const IniKey& key, StationFile& file, SectionReport& report) {
  const auto answer = parse_bool(key.value);
  if (!answer) {
    report.wrong(key, "'yes' or 'no'");
    return;
  }
  newest_topic(file).changed_only = *answer;
}

void read_mqtt_command_word(const IniKey& key, StationFile& file, SectionReport& report) {
  auto& entry = newest_command(file);
  const std::array<std::pair<std::string_view, std::string*>, 6> places{
      {{"broker", &entry.broker},
       {"topic", &entry.topic},
       {"value", &entry.value},
       {"field", &entry.field},
       {"purpose", &entry.purpose},
       {"answers", &entry.answers}}};
  const auto* const place =
      std::ranges::find(places, key.name, &std::pair<std::string_view, std::string*>::first);
  if (place != places.end()) {
    read_word(key, *place->second, report);
  }
}

void read_mqtt_command_set(const IniKey& key, StationFile& file, SectionReport& report) {
  auto names = list_items(key.value);
  if (names.empty() || names.size() > kMostMqttKeys) {
    report.wrong(key, "a list of channels, such as 'lv_1, lv_2'");
    return;
  }
  newest_command(file).channels = std::move(names);
}

void read_mqtt_command_where(const IniKey& key, StationFile& file, SectionReport& report) {
  auto name = json_key(key, kWhereKey, report);
  const auto number = parse_number(key.value);
  if (!number) {
    report.wrong(key, "a number");
  } else if (!name.empty()) {
    newest_command(file).where.emplace_back(std::move(name), *number);
  }
}

void read_mqtt_command_refresh(const IniKey& key, StationFile& file, SectionReport& report) {
  const auto answer = parse_bool(key.value);
  if (!answer) {
    report.wrong(key, "'yes' or 'no'");
    return;
  }
  newest_command(file).refresh = *answer;
}

void check_mqtt_topic(const IniSection& section, const Station& station, SectionReport& report) {
  const auto entry = std::ranges::find(
      station.mqtt_topics, section.name.substr(kTopicSection.size()), &MqttTopicEntry::name);
  if (entry == station.mqtt_topics.end()) {
    return;
  }
  check_broker(section, entry->broker, station, report);
  const bool told = !entry->values.empty() || !entry->states.empty();
  if (entry->bare.empty() ? !told : told || !entry->constants.empty()) {
    report.error(
        "needs either 'value.KEY' or 'state.KEY' for each key of its JSON, or 'bare' for a bare "
        "number");
  }
  if (entry->constants.size() + entry->values.size() + entry->states.size() > kMostMqttKeys) {
    report.error(fmt::format("has more than {} keys", kMostMqttKeys));
  }
  check_sources(section, station, report);
  if (entry->changed_only && (entry->every || !entry->bare.empty())) {
    report.error("'changed_only' goes with JSON that is published on change, without 'every'");
  }
  if (const auto* const key = find_key(section, "everything_every");
      key != nullptr && !entry->changed_only) {
    report.error(*key, "means nothing without 'changed_only = yes'");
  }
}

void check_mqtt_command(const IniSection& section, const Station& station, SectionReport& report) {
  const auto entry = std::ranges::find(
      station.mqtt_commands, section.name.substr(kCommandSection.size()), &MqttCommandEntry::name);
  if (entry == station.mqtt_commands.end()) {
    return;
  }
  check_broker(section, entry->broker, station, report);
  const bool sets = find_key(section, "set") != nullptr;
  if (sets == entry->refresh) {
    report.error("needs either 'set' with what it sets, or 'refresh = yes'");
  }
  if (entry->refresh && (!entry->value.empty() || !entry->field.empty() || !entry->where.empty() ||
                         !entry->purpose.empty())) {
    report.error("'refresh = yes' sets nothing: no value, field, where or purpose");
  }
  if (!entry->value.empty() && !entry->field.empty()) {
    report.error("'value' stands for what the payload would say in 'field': one of them");
  }
  if (sets) {
    check_command_set(section, *entry, station, report);
  }
}

}  // namespace fat
