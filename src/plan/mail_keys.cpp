// Values of a mail sink -> the station, or what is wrong with them.
#include "plan/mail_keys.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "fat/model/quantity.hpp"
#include "plan/people_keys.hpp"
#include "plan/raw_text.hpp"

namespace fat {

namespace {

constexpr std::array kKeysOfMail{
    "from", "to", "user", "password_file", "password_env", "ca_file", "starttls"};
constexpr std::array kKeysOfChat{
    "url_file", "url_env", "token_file", "token_env", "channel", "everyone"};

void refuse_keys(const IniSection& section,
                 const auto& keys,
                 const char* why,
                 SectionReport& report) {
  for (const char* name : keys) {
    if (const auto* key = find_key(section, name); key != nullptr && !key->inherited) {
      report.error(*key, why);
    }
  }
}

SinkEntry& newest_sink(StationFile& file) {
  return file.station.sinks.back();
}

/// "smtp://host:port", nothing behind it.
bool is_mail_server(const std::string& text) {
  const auto host = host_of_server(text);
  const auto port = parse_integer(text.substr(text.rfind(':') + 1));
  if (host.empty() || host.find_first_of("@?#%") != std::string_view::npos || !port || *port < 1 ||
      *port > 65535) {
    return false;
  }
  const bool bare = host.find(':') == std::string_view::npos;
  const auto rest = bare ? fmt::format("{}:{}", host, *port) : fmt::format("[{}]:{}", host, *port);
  return text == "smtp://" + rest || text == "smtps://" + rest;
}

void check_server(const IniSection& section, SectionReport& report) {
  const auto* server = find_key(section, "server");
  if (server == nullptr) {
    report.error("lacks 'server', such as 'smtp://mail.example.org:587'");
  } else if (!is_mail_server(server->value)) {
    report.wrong(*server,
                 "a mail server with its port, such as 'smtp://mail.example.org:587' or "
                 "'smtps://mail.example.org:465'");
  }
}

void check_receivers(const IniKey& key, const Station& station, SectionReport& report) {
  std::vector<std::string> known;
  std::ranges::transform(station.people, std::back_inserter(known), &Person::name);
  for (const auto& word : list_items(key.value)) {
    const auto person = std::ranges::find(station.people, word, &Person::name);
    if (is_mail_address(word) || (person != station.people.end() && !person->mail.empty())) {
      continue;
    }
    report.error(key,
                 person != station.people.end()
                     ? fmt::format("[person {}] has no 'mail'", shortened(word))
                     : fmt::format("{} is neither a mail address nor the name of a person{}",
                                   in_quotes(word),
                                   report.suggest(word, known)));
  }
}

/// A password never travels readable for others.
void check_login(const IniSection& section, SectionReport& report) {
  const bool file = find_key(section, "password_file") != nullptr;
  const bool variable = find_key(section, "password_env") != nullptr;
  const auto* user = find_key(section, "user");
  if (file && variable) {
    report.error("needs either password_file or password_env, not both");
  } else if ((user != nullptr) != (file || variable)) {
    report.error("needs both user and password_file (or password_env), or none of them");
  }
  const auto* server = find_key(section, "server");
  const auto* starttls = find_key(section, "starttls");
  if (user == nullptr || server == nullptr || starttls == nullptr ||
      parse_bool(starttls->value).value_or(true)) {
    return;
  }
  SinkEntry told;
  told.server = server->value;
  if (demands_starttls(told)) {
    report.error(*starttls, "a password is not sent to another machine without encryption");
  }
}

}  // namespace

void read_person_mail(const IniKey& key, StationFile& file, SectionReport& report) {
  if (!is_mail_address(key.value)) {
    report.wrong(key, "a mail address such as 'anna@example.org'");
    return;
  }
  file.station.people.back().mail = key.value;
}

void read_mail_from(const IniKey& key, StationFile& file, SectionReport& report) {
  if (!is_mail_address(key.value)) {
    report.wrong(key, "a mail address such as 'fat@example.org'");
    return;
  }
  newest_sink(file).from = key.value;
}

void read_mail_to(const IniKey& key, StationFile& file, SectionReport& report) {
  for (const auto& word : list_items(key.value)) {
    auto& all = newest_sink(file).to;
    if (std::ranges::find(all, word) != all.end()) {
      report.error(key, fmt::format("{} stands there twice", in_quotes(word)));
    } else {
      all.push_back(word);
    }
  }
  if (newest_sink(file).to.empty()) {
    report.wrong(key, "a list of mail addresses and names of persons");
  }
}

void read_mail_user(const IniKey& key, StationFile& file, SectionReport& report) {
  if (key.value.empty() || key.value.size() > 200 || has_control_character(key.value)) {
    report.wrong(key, "the name to log in with at the mail server");
    return;
  }
  newest_sink(file).user = key.value;
}

void read_password_file(const IniKey& key, StationFile& file, SectionReport& report) {
  read_secret_file(key, file.station.folder, newest_sink(file).password, report);
}

void read_password_environment(const IniKey& key, StationFile& file, SectionReport& report) {
  read_variable(key, newest_sink(file).password, report);
}

void read_ca_file(const IniKey& key, StationFile& file, SectionReport& report) {
  if (key.value.empty() || has_control_character(key.value)) {
    report.wrong(key, "the path of a file with the certificates that vouch for the server (PEM)");
    return;
  }
  newest_sink(file).ca_file = (file.station.folder / key.value).lexically_normal();
}

void read_starttls(const IniKey& key, StationFile& file, SectionReport& report) {
  const auto value = parse_bool(key.value);
  if (!value) {
    report.wrong(key, "yes or no");
    return;
  }
  newest_sink(file).starttls = value;
}

void check_mail_sink(const IniSection& section, const Station& station, SectionReport& report) {
  refuse_keys(section, kKeysOfChat, "this is for a chat, not for kind = mail", report);
  check_server(section, report);
  check_login(section, report);
  if (find_key(section, "from") == nullptr) {
    report.error("lacks 'from', the address that sends");
  }
  if (const auto* to = find_key(section, "to")) {
    check_receivers(*to, station, report);
  } else {
    report.error("lacks 'to', the addresses and persons who are told");
  }
}

void refuse_mail_keys(const IniSection& section, SectionReport& report) {
  refuse_keys(section, kKeysOfMail, "this is for kind = mail only", report);
}

}  // namespace fat
