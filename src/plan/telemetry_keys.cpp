#include "plan/telemetry_keys.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "fat/model/quantity.hpp"
#include "plan/people_keys.hpp"
#include "plan/raw_text.hpp"

namespace fat {

namespace {

constexpr std::string_view kTelemetrySection = "telemetry ";
constexpr std::size_t kLongestTelemetryName = 40;
constexpr std::size_t kLongestTelemetryWord = 100;
constexpr auto kShortestEvery = std::chrono::seconds{1};
constexpr auto kLongestEvery = std::chrono::minutes{10};

TelemetryEntry& newest_telemetry(StationFile& file) {
  return file.station.telemetry.back();
}

/// A file is called after it.
bool is_telemetry_name(std::string_view name) {
  return !name.empty() && name.size() <= kLongestTelemetryName &&
         std::ranges::all_of(
             name, [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; });
}

/// The place of a key of words; nullptr when it is none.
std::string* word_of(TelemetryEntry& entry, std::string_view key) {
  const std::array<std::pair<std::string_view, std::string*>, 6> places{
      {{"database", &entry.database},
       {"topic", &entry.topic},
       {"user", &entry.user},
       {"organization", &entry.organization},
       {"bucket", &entry.bucket},
       {"site", &entry.site}}};
  const auto* const place =
      std::ranges::find(places, key, &std::pair<std::string_view, std::string*>::first);
  return place == places.end() ? nullptr : place->second;
}

constexpr std::array kKeysOfInflux{"database"};
constexpr std::array kKeysOfInflux2{"organization", "bucket", "token_file"};
constexpr std::array kKeysOfMqtt{"topic", "commands", "reply_topic"};
constexpr std::array kKeysOfLogin{"user", "password_file"};

void refuse_keys_of(const IniSection& section,
                    const auto& keys,
                    std::string_view kind,
                    SectionReport& report) {
  for (const char* name : keys) {
    if (const auto* key = find_key(section, name); key != nullptr && !key->inherited) {
      report.error(*key, fmt::format("is for 'kind = {}'", kind));
    }
  }
}

void check_telemetry_login(const TelemetryEntry& entry, SectionReport& report) {
  if (entry.password.file.empty() != entry.user.empty()) {
    report.error("'user' and 'password_file' go together");
  }
}

void check_influx(const IniSection& section, const TelemetryEntry& entry, SectionReport& report) {
  refuse_keys_of(section, kKeysOfInflux2, "influx2", report);
  refuse_keys_of(section, kKeysOfMqtt, "mqtt", report);
  if (entry.database.empty()) {
    report.error("lacks 'database'");
  }
  check_telemetry_login(entry, report);
}

void check_mqtt(const IniSection& section, const TelemetryEntry& entry, SectionReport& report) {
  refuse_keys_of(section, kKeysOfInflux, "influx", report);
  refuse_keys_of(section, kKeysOfInflux2, "influx2", report);
  check_telemetry_login(entry, report);
  if (!entry.commands && !entry.reply_topic.empty()) {
    report.error(*find_key(section, "reply_topic"), "nothing is answered without 'commands = yes'");
  }
}

void check_influx2(const IniSection& section, const TelemetryEntry& entry, SectionReport& report) {
  refuse_keys_of(section, kKeysOfInflux, "influx", report);
  refuse_keys_of(section, kKeysOfMqtt, "mqtt", report);
  refuse_keys_of(section, kKeysOfLogin, "influx' or 'kind = mqtt", report);
  if (entry.organization.empty() || entry.bucket.empty()) {
    report.error("lacks 'organization' or 'bucket'");
  }
  if (entry.token.file.empty()) {
    report.error("lacks 'token_file'");
  }
}

}  // namespace

void read_telemetry_kind(const IniKey& key, StationFile& file, SectionReport& report) {
  const auto kind = parse_telemetry_kind(key.value);
  if (!kind) {
    report.wrong(key, "'influx' (InfluxDB 1, VictoriaMetrics), 'influx2' or 'mqtt'");
    return;
  }
  newest_telemetry(file).kind = *kind;
}

void read_telemetry_server(const IniKey& key, StationFile& file, SectionReport& report) {
  const auto& text = key.value;
  const bool web = text.starts_with("https://") || text.starts_with("http://") ||
                   text.starts_with("mqtt://") || text.starts_with("mqtts://");
  if (web && text.find('@') != std::string::npos) {
    report.error(key, "a login does not stand in it: name 'user' and 'password_file'");
    return;
  }
  const auto host = web ? text.substr(text.find("//") + 2) : std::string{};
  if (host.empty() || host.find_first_of("/?# ") != std::string::npos ||
      has_control_character(text)) {
    report.wrong(
        key,
        "the address of a database such as 'http://127.0.0.1:8086', or of a broker such as "
        "'mqtt://127.0.0.1:1883'");
    return;
  }
  newest_telemetry(file).server = text;
}

void read_telemetry_word(const IniKey& key, StationFile& file, SectionReport& report) {
  auto* const place = word_of(newest_telemetry(file), key.name);
  if (place == nullptr || key.value.empty() || key.value.size() > kLongestTelemetryWord ||
      has_control_character(key.value) || key.value.find('\\') != std::string::npos) {
    report.wrong(key, "a word of one line without backslashes");
    return;
  }
  *place = key.value;
}

void read_telemetry_commands(const IniKey& key, StationFile& file, SectionReport& report) {
  const auto answer = parse_bool(key.value);
  if (!answer) {
    report.wrong(key, "'yes' or 'no'");
    return;
  }
  newest_telemetry(file).commands = *answer;
}

void read_telemetry_reply_topic(const IniKey& key, StationFile& file, SectionReport& report) {
  if (!is_plain_topic(key.value)) {
    report.wrong(key, "a topic such as 'lab/answers', without '+', '#' and a leading '$'");
    return;
  }
  newest_telemetry(file).reply_topic = key.value;
}

void read_telemetry_password_file(const IniKey& key, StationFile& file, SectionReport& report) {
  read_secret_file(key, file.station.folder, newest_telemetry(file).password, report);
}

void read_telemetry_token_file(const IniKey& key, StationFile& file, SectionReport& report) {
  read_secret_file(key, file.station.folder, newest_telemetry(file).token, report);
}

void read_telemetry_every(const IniKey& key, StationFile& file, SectionReport& report) {
  const auto span = parse_duration(key.value);
  if (!span || *span < kShortestEvery || *span > kLongestEvery) {
    report.wrong(key, "a duration from 1 s to 10 min with its unit, such as '5 s'");
    return;
  }
  newest_telemetry(file).every = *span;
}

void check_telemetry(const IniSection& section, Station& station, SectionReport& report) {
  const auto name = section.name.substr(kTelemetrySection.size());
  const auto entry = std::ranges::find(station.telemetry, name, &TelemetryEntry::name);
  if (entry == station.telemetry.end()) {
    return;
  }
  if (!is_telemetry_name(name)) {
    report.error("its name is one word of letters, digits, '_' and '-'");
  }
  if (entry->site.empty()) {
    entry->site = station.name;
    std::ranges::replace(entry->site, '\\', '/');  // the line protocol has no way to write it last
  }
  const auto* const server = find_key(section, "server");
  const bool broker = entry->server.starts_with("mqtt");
  if (server != nullptr && !entry->server.empty() &&
      broker != (entry->kind == TelemetryKind::Mqtt)) {
    report.error(*server, "an address that begins with mqtt:// is of 'kind = mqtt', and no other");
  }
  switch (entry->kind) {
    case TelemetryKind::Influx:
      check_influx(section, *entry, report);
      return;
    case TelemetryKind::Mqtt:
      check_mqtt(section, *entry, report);
      return;
    case TelemetryKind::Influx2:
      check_influx2(section, *entry, report);
      return;
  }
}

}  // namespace fat
