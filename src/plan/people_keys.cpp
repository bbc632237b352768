// Values of [person NAME], [shift] and [sink NAME] -> the station, or what is wrong with them.
#include "plan/people_keys.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "fat/model/quantity.hpp"
#include "plan/mail_keys.hpp"
#include "plan/raw_text.hpp"

namespace fat {

namespace {

constexpr long long kMostPosts = 600;
constexpr Microseconds kShortestEscalation = std::chrono::seconds{1};
constexpr Microseconds kLongestEscalation = std::chrono::hours{24};

bool is_word(const std::string& text) {
  return !text.empty() && text.size() <= 200 && !has_control_character(text) &&
         text.find_first_of(" <>") == std::string::npos;
}

void read_name_of_person(const IniKey& key, std::string& target, SectionReport& report) {
  if (!is_word(key.value)) {
    report.wrong(key, "the NAME of a [person NAME]");
    return;
  }
  target = key.value;
}

bool has_one_of(const IniSection& section, const char* one, const char* other) {
  return (find_key(section, one) == nullptr) != (find_key(section, other) == nullptr);
}

void check_sink(const IniSection& section, const Station& station, SectionReport& report) {
  const auto* kind = find_key(section, "kind");
  if (kind == nullptr) {
    return;
  }
  if (kind->value == to_string(SinkKind::Mail)) {
    check_mail_sink(section, station, report);
    return;
  }
  refuse_mail_keys(section, report);
  if (kind->value == to_string(SinkKind::Webhook) && !has_one_of(section, "url_file", "url_env")) {
    report.error("needs either url_file or url_env: where the webhook's URL stands");
  }
  if (kind->value != to_string(SinkKind::Slack)) {
    return;
  }
  if (!has_one_of(section, "token_file", "token_env")) {
    report.error("needs either token_file or token_env: where the bot's token stands");
  }
  if (find_key(section, "channel") == nullptr) {
    report.error("lacks 'channel'");
  }
  if (const auto* server = find_key(section, "server");
      server != nullptr && !server->value.starts_with("http")) {
    report.wrong(*server, "the address of a Web API such as 'https://slack.com/api'");
  }
}

void require_person(const IniSection& section,
                    const char* name,
                    const Station& station,
                    SectionReport& report) {
  const auto* key = find_key(section, name);
  if (key == nullptr) {
    return;
  }
  std::vector<std::string> known;
  std::ranges::transform(station.people, std::back_inserter(known), &Person::name);
  for (const auto& person : list_items(key->value)) {
    if (std::ranges::find(known, person) == known.end()) {
      report.error(
          *key,
          fmt::format(
              "there is no [person {}]{}", shortened(person), report.suggest(person, known)));
    }
  }
}

}  // namespace

void read_secret_file(const IniKey& key,
                      const std::filesystem::path& folder,
                      SecretPlace& place,
                      SectionReport& report) {
  if (key.value.empty() || has_control_character(key.value)) {
    report.wrong(key, "the path of a file that holds the secret");
    return;
  }
  place.file = (folder / key.value).lexically_normal();
}

/// Does not repeat the value: it may be the secret itself.
void read_variable(const IniKey& key, SecretPlace& place, SectionReport& report) {
  const bool name = std::ranges::all_of(key.value, [](unsigned char c) {
    return std::isupper(c) != 0 || std::isdigit(c) != 0 || c == '_';
  });
  if (!name || key.value.empty()) {
    report.error(key, "this is not the name of an environment variable (A-Z, 0-9, _)");
    return;
  }
  place.environment = key.value;
}

void read_person_slack(const IniKey& key, StationFile& file, SectionReport& report) {
  if (!is_word(key.value)) {
    report.wrong(key, "a member id such as 'U012AB3CD', or '@anna' of Mattermost and Rocket.Chat");
    return;
  }
  file.station.people.back().slack = key.value;
}

void read_may_answer(const IniKey& key, StationFile& file, SectionReport& report) {
  const auto may = parse_bool(key.value);
  if (!may) {
    report.wrong(key, "yes or no: whether this person answers in the run's thread");
    return;
  }
  file.station.people.back().may_answer = *may;
}

void read_shifter(const IniKey& key, StationFile& file, SectionReport& report) {
  read_name_of_person(key, file.station.shift.shifter, report);
}

void read_expert(const IniKey& key, StationFile& file, SectionReport& report) {
  read_name_of_person(key, file.station.shift.expert, report);
}

void read_backup_shifter(const IniKey& key, StationFile& file, SectionReport& report) {
  read_name_of_person(key, file.station.shift.backup, report);
}

void read_escalate(const IniKey& key, StationFile& file, SectionReport& report) {
  file.station.shift.escalate = list_items(key.value);
  if (!std::ranges::all_of(file.station.shift.escalate, is_word)) {
    report.wrong(key,
                 "names of persons in the order in which they are called, such as 'anna, ben'");
  }
}

void read_escalate_after(const IniKey& key, StationFile& file, SectionReport& report) {
  const auto duration = parse_duration(key.value);
  if (!duration || *duration < kShortestEscalation || *duration > kLongestEscalation) {
    report.wrong(key, "a duration from 1 s to 24 h with its unit, such as '15 min'");
    return;
  }
  file.station.shift.escalate_after = *duration;
}

void read_sink_kind(const IniKey& key, StationFile& file, SectionReport& report) {
  const auto kind = parse_sink_kind(key.value);
  if (!kind) {
    report.wrong(key, "a kind of sink; there are: webhook, slack, mail");
    return;
  }
  file.station.sinks.back().kind = *kind;
}

void read_url_file(const IniKey& key, StationFile& file, SectionReport& report) {
  read_secret_file(key, file.station.folder, file.station.sinks.back().url, report);
}

void read_url_environment(const IniKey& key, StationFile& file, SectionReport& report) {
  read_variable(key, file.station.sinks.back().url, report);
}

void read_token_file(const IniKey& key, StationFile& file, SectionReport& report) {
  read_secret_file(key, file.station.folder, file.station.sinks.back().token, report);
}

void read_token_environment(const IniKey& key, StationFile& file, SectionReport& report) {
  read_variable(key, file.station.sinks.back().token, report);
}

void read_slack_channel(const IniKey& key, StationFile& file, SectionReport& report) {
  if (!is_word(key.value)) {
    report.wrong(key, "a channel's id such as 'C012AB3CD'");
    return;
  }
  file.station.sinks.back().channel = key.value;
}

void read_server(const IniKey& key, StationFile& file, SectionReport& report) {
  constexpr std::array schemes{"https://", "http://", "smtps://", "smtp://"};
  const bool known =
      std::ranges::any_of(schemes, [&](const char* one) { return key.value.starts_with(one); });
  if (!is_word(key.value) || !known || key.value.ends_with('/')) {
    report.wrong(key,
                 "the address of a Web API such as 'https://slack.com/api', or of a mail server "
                 "such as 'smtp://mail.example.org:587'");
    return;
  }
  file.station.sinks.back().server = key.value;
}

void read_sink_level(const IniKey& key, StationFile& file, SectionReport& report) {
  const auto level = parse_urgency(key.value);
  if (!level) {
    report.wrong(key, "one of info, warning, critical");
    return;
  }
  file.station.sinks.back().level = *level;
}

void read_everyone(const IniKey& key, StationFile& file, SectionReport& report) {
  if (key.value.empty() || key.value.size() > 100 || has_control_character(key.value)) {
    report.wrong(key, "what calls everyone there, such as '<!channel>' or '@all'");
    return;
  }
  file.station.sinks.back().everyone = key.value;
}

void read_posts_per_minute(const IniKey& key, StationFile& file, SectionReport& report) {
  const auto number = parse_integer(key.value);
  if (!number || *number < 1 || *number > kMostPosts) {
    report.wrong(key, fmt::format("a whole number from 1 to {}", kMostPosts));
    return;
  }
  file.station.sinks.back().posts_per_minute = static_cast<int>(*number);
}

void refuse_secret(const IniKey& key, StationFile& /*file*/, SectionReport& report) {
  report.error(key,
               fmt::format("a secret does not stand in a station file; put it into a file that "
                           "only you can read and name that: {}_file = PATH",
                           key.name));
}

void check_people(const IniSection& section, const Station& station, SectionReport& report) {
  if (section.name == "shift") {
    for (const char* name : {"shifter", "expert", "backup", "escalate"}) {
      require_person(section, name, station, report);
    }
    return;
  }
  if (section.name.starts_with("sink ")) {
    check_sink(section, station, report);
  }
}

}  // namespace fat
