// Values of [logbook] -> the station's remote logbook, or what is wrong with them.
#include "plan/logbook_keys.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "plan/people_keys.hpp"
#include "plan/raw_text.hpp"

namespace fat {

namespace {

constexpr std::string_view kAttribute = "attribute.";

RemoteLogbook& logbook_of(StationFile& file) {
  auto& logbook = file.station.logbook;
  return logbook ? *logbook : logbook.emplace();
}

bool is_line(const std::string& text) {
  return !text.empty() && text.size() <= 200 && !has_control_character(text);
}

/// The first ${NAME} of the value that nobody fills in.
std::string unknown_variable(const std::string& value) {
  std::string unknown;
  filled_in(value, [&](std::string_view name) {
    if (unknown.empty() && std::ranges::find(kLogbookVariables, name) == kLogbookVariables.end()) {
      unknown = name;
    }
    return std::string{};
  });
  return unknown;
}

}  // namespace

void read_logbook_url(const IniKey& key, StationFile& file, SectionReport& report) {
  const bool web = key.value.starts_with("https://") || key.value.starts_with("http://");
  if (web && key.value.find('@') != std::string::npos) {
    report.error(key, "a login does not stand in it: name `user` and `password_file`");
    return;
  }
  if (!web || !is_line(key.value) || key.value.find_first_of(" ?#") != std::string::npos) {
    report.wrong(key, "the address of an ELOG such as 'https://elog.example.org:8080'");
    return;
  }
  auto& url = logbook_of(file).url;
  url = key.value;
  while (url.ends_with('/')) {
    url.pop_back();
  }
}

void read_logbook_name(const IniKey& key, StationFile& file, SectionReport& report) {
  if (!is_line(key.value) || key.value.find_first_of("/?#") != std::string::npos) {
    report.wrong(key, "the name of a logbook such as 'FAT'");
    return;
  }
  logbook_of(file).logbook = key.value;
}

void read_logbook_user(const IniKey& key, StationFile& file, SectionReport& report) {
  if (!is_line(key.value)) {
    report.wrong(key, "a user of that ELOG");
    return;
  }
  logbook_of(file).user = key.value;
}

void read_logbook_password_file(const IniKey& key, StationFile& file, SectionReport& report) {
  read_secret_file(key, file.station.folder, logbook_of(file).password, report);
}

void read_logbook_password_environment(const IniKey& key,
                                       StationFile& file,
                                       SectionReport& report) {
  read_variable(key, logbook_of(file).password, report);
}

void read_logbook_attribute(const IniKey& key, StationFile& file, SectionReport& report) {
  const auto name = key.written.substr(std::min(kAttribute.size(), key.written.size()));
  if (!is_line(name) || !is_line(key.value)) {
    report.wrong(key, "what an attribute is set to, such as 'attribute.Run = ${run}'");
    return;
  }
  if (const auto unknown = unknown_variable(key.value); !unknown.empty()) {
    report.error(key,
                 fmt::format("nobody fills in ${{{}}}; there are: ${{{}}}",
                             shortened(unknown),
                             fmt::join(kLogbookVariables, "}, ${")));
    return;
  }
  logbook_of(file).attributes.emplace_back(name, key.value);
}

void read_logbook_level(const IniKey& key, StationFile& file, SectionReport& report) {
  const auto level = parse_urgency(key.value);
  if (!level) {
    report.wrong(key, "one of info, warning, critical");
    return;
  }
  logbook_of(file).level = *level;
}

void check_logbook(const IniSection& section, SectionReport& report) {
  const bool user = find_key(section, "user") != nullptr;
  const bool file = find_key(section, "password_file") != nullptr;
  const bool variable = find_key(section, "password_env") != nullptr;
  if (user != (file || variable) || (file && variable)) {
    report.error("a login needs user and either password_file or password_env");
  }
}

}  // namespace fat
