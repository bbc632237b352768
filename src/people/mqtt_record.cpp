#include "people/mqtt_record.hpp"

#include <chrono>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace fat {
namespace {

using RecordJson = nlohmann::ordered_json;

constexpr std::size_t kLongestTopicWord = 100;

/// One level of a topic.
std::string topic_word(std::string_view text) {
  std::string word{text.substr(0, kLongestTopicWord)};
  for (char& c : word) {
    const bool plain = static_cast<unsigned char>(c) > ' ' && c != '\x7f';
    c = plain && c != '/' && c != '+' && c != '#' && c != '$' ? c : '_';
  }
  return word.empty() ? "_" : word;
}

std::string dumped(const RecordJson& json) {
  return json.dump(-1, ' ', true, RecordJson::error_handler_t::replace);
}

}  // namespace

std::string mqtt_topic(const std::string& prefix,
                       const std::string& site,
                       const TelemetryChannel& channel) {
  return fmt::format("{}/{}/{}/{}",
                     topic_word(prefix),
                     topic_word(site),
                     topic_word(channel.device),
                     topic_word(channel.name));
}

std::string mqtt_station_topic(const std::string& prefix,
                               const std::string& site,
                               std::string_view word) {
  return fmt::format("{}/{}/{}", topic_word(prefix), topic_word(site), word);
}

std::string mqtt_record(const TelemetryChannel& channel, const Reading& reading) {
  const auto since = reading.at.wall.time_since_epoch();
  RecordJson record{{"t", std::chrono::duration<double>(since).count()},
                    {"device", channel.device},
                    {"channel", channel.name}};
  if (!channel.unit.empty()) {
    record["unit"] = channel.unit;
  }
  const bool valid = reading.is_valid() && reading.value && std::isfinite(*reading.value);
  if (valid) {
    record[channel.quantity] = *reading.value;
  }
  record["q"] = valid ? "ok" : "failed";
  return dumped(record);
}

std::string mqtt_description(const std::vector<TelemetryChannel>& channels) {
  RecordJson all = RecordJson::object();
  for (const auto& channel : channels) {
    all[channel.name] = {{"device", channel.device},
                         {"kind", channel.kind},
                         {"quantity", channel.quantity},
                         {"unit", channel.unit}};
  }
  return dumped({{"version", 1}, {"channels", std::move(all)}});
}

}  // namespace fat
