#include "plan/service_keys.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "fat/model/command_line.hpp"
#include "fat/model/quantity.hpp"
#include "plan/program.hpp"
#include "plan/raw_text.hpp"

namespace fat {

namespace {

constexpr std::string_view kServiceSection = "service ";
constexpr std::size_t kLongestServiceName = 40;
constexpr std::size_t kLongestStartedLine = 200;
constexpr std::size_t kMostVariables = 200;
constexpr auto kLongestServiceSpan = std::chrono::hours{1};
constexpr auto kShortestDelay = std::chrono::milliseconds{100};  // never a busy loop
constexpr long long kLargestOrder = 9999;
constexpr long long kMostRestarts = 1000;
constexpr long long kMostLogDays = 3650;
constexpr long long kLargestPort = 65535;

ServiceEntry& newest_service(StationFile& file) {
  return file.station.services.back();
}

/// A folder is called after it, and people type it.
bool is_service_word(std::string_view name) {
  return !name.empty() && name.size() <= kLongestServiceName && name != "all" &&
         std::isalnum(static_cast<unsigned char>(name.front())) != 0 &&
         std::ranges::all_of(name, [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
         });
}

bool is_variable_name(std::string_view name) {
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0 &&
         std::ranges::all_of(name,
                             [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

/// nullopt after a report.
std::optional<long long> number_within(const IniKey& key,
                                       long long lowest,
                                       long long highest,
                                       SectionReport& report) {
  const auto number = parse_integer(key.value);
  if (!number || *number < lowest || *number > highest) {
    report.wrong(key, fmt::format("a whole number from {} to {}", lowest, highest));
    return std::nullopt;
  }
  return number;
}

Microseconds& span_of(ServiceEntry& service, std::string_view key) {
  const std::array<std::pair<std::string_view, Microseconds*>, 4> places{
      {{"started_after", &service.started_after},
       {"started_within", &service.started_within},
       {"restart_delay", &service.restart_delay},
       {"steady_after", &service.steady_after}}};
  const auto* const place =
      std::ranges::find(places, key, &std::pair<std::string_view, Microseconds*>::first);
  return place == places.end() ? service.stop_within : *place->second;
}

void check_variables(const ServiceEntry& service, SectionReport& report, const IniKey& key) {
  for (const auto& [name, value] : service.environment) {
    const auto same = [&](const auto& other) { return other.first == name; };
    if (!is_variable_name(name)) {
      report.error(key, fmt::format("{} is no name of a variable", in_quotes(name)));
    } else if (std::ranges::count_if(service.environment, same) > 1) {
      report.error(key, fmt::format("{} is named twice", in_quotes(name)));
    } else if (name.starts_with("FATMASTER_")) {
      report.error(key, fmt::format("{} is set by fatmaster itself", in_quotes(name)));
    }
  }
}

void check_start(const IniSection& section, const ServiceEntry& service, SectionReport& report) {
  const auto* const line = find_key(section, "started_line");
  const auto* const port = find_key(section, "started_port");
  const auto* const after = find_key(section, "started_after");
  if (line != nullptr && port != nullptr) {
    report.error(*port, "there is 'started_line' too; one of them says when it counts as started");
  } else if (after != nullptr && (line != nullptr || port != nullptr)) {
    report.error(*after, "means nothing beside 'started_line' or 'started_port'");
  } else if (after != nullptr && service.started_after > service.started_within) {
    report.error(*after,
                 fmt::format("is longer than 'started_within', {}: it could never start",
                             to_text(service.started_within)));
  }
}

void check_program(const IniSection& section, const ServiceEntry& service, SectionReport& report) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(service.directory, ignored)) {
    const auto* const key = find_key(section, "directory");
    const auto what = fmt::format("no folder {}", in_quotes(service.directory.string()));
    if (key != nullptr) {
      report.error(*key, what);
    }
    return;
  }
  const auto* const key = find_key(section, "command");
  if (key != nullptr && !service.command.empty() &&
      !find_program(service.command.front(), {service.directory})) {
    report.error(*key, fmt::format("no program {}", in_quotes(service.command.front())));
  }
}

}  // namespace

void read_service_command(const IniKey& key, StationFile& file, SectionReport& report) {
  auto [words, problem] = split_command(key.value);
  if (!problem.empty()) {
    report.error(key, problem);
    return;
  }
  newest_service(file).command = std::move(words);
}

void read_service_group(const IniKey& key, StationFile& file, SectionReport& report) {
  if (!is_service_word(key.value)) {
    report.wrong(key, "one word of letters, digits, '_', '-' and '.'");
    return;
  }
  newest_service(file).group = key.value;
}

void read_service_order(const IniKey& key, StationFile& file, SectionReport& report) {
  if (const auto number = number_within(key, 0, kLargestOrder, report)) {
    newest_service(file).order = static_cast<int>(*number);
  }
}

void read_service_autostart(const IniKey& key, StationFile& file, SectionReport& report) {
  if (const auto autostart = parse_bool(key.value)) {
    newest_service(file).autostart = *autostart;
    return;
  }
  report.wrong(key, "yes or no");
}

void read_service_directory(const IniKey& key, StationFile& file, SectionReport& report) {
  if (key.value.empty() || has_control_character(key.value)) {
    report.wrong(key, "a path");
    return;
  }
  newest_service(file).directory = (file.station.folder / key.value).lexically_normal();
}

void read_service_environment(const IniKey& key, StationFile& file, SectionReport& report) {
  const auto [words, problem] = split_command(key.value);
  if (!problem.empty() || words.size() > kMostVariables) {
    report.wrong(key,
                 "words such as 'MODE=fast \"TITLE=north hall\" DAQ_TOKEN' (the last one is "
                 "passed on)");
    return;
  }
  auto& service = newest_service(file);
  for (const auto& word : words) {
    const auto equals = word.find('=');
    service.environment.emplace_back(
        word.substr(0, equals),
        equals == std::string::npos ? std::nullopt : std::optional{word.substr(equals + 1)});
  }
  check_variables(service, report, key);
}

void read_service_line(const IniKey& key, StationFile& file, SectionReport& report) {
  if (key.value.empty() || key.value.size() > kLongestStartedLine ||
      has_control_character(key.value)) {
    report.wrong(key, "a part of a line that it prints, such as 'server is ready'");
    return;
  }
  newest_service(file).started_line = key.value;
}

void read_service_port(const IniKey& key, StationFile& file, SectionReport& report) {
  if (const auto number = number_within(key, 1, kLargestPort, report)) {
    newest_service(file).started_port = static_cast<int>(*number);
  }
}

void read_service_span(const IniKey& key, StationFile& file, SectionReport& report) {
  const auto span = parse_duration(key.value);
  if (!span || *span < kShortestDelay || *span > kLongestServiceSpan) {
    report.wrong(key, "a duration from 100 ms to an hour with its unit, such as '10 s'");
    return;
  }
  span_of(newest_service(file), key.name) = *span;
}

void read_service_restart(const IniKey& key, StationFile& file, SectionReport& report) {
  if (const auto policy = parse_service_restart(key.value)) {
    newest_service(file).restart = *policy;
    return;
  }
  report.wrong(key, "'never', 'on-failure' or 'always'");
}

void read_service_count(const IniKey& key, StationFile& file, SectionReport& report) {
  const bool days = key.name == "keep_logs";
  if (const auto number =
          number_within(key, days ? 1 : 0, days ? kMostLogDays : kMostRestarts, report)) {
    auto& service = newest_service(file);
    (days ? service.keep_logs : service.restarts) = static_cast<int>(*number);
  }
}

void check_service(const IniSection& section, const Station& station, SectionReport& report) {
  const auto name = section.name.substr(kServiceSection.size());
  const auto service = std::ranges::find(station.services, name, &ServiceEntry::name);
  if (service == station.services.end()) {
    return;
  }
  if (!is_service_word(name)) {
    report.error(
        "a service's name is one word of letters, digits, '_', '-' and '.', and not 'all'");
  }
  check_start(section, *service, report);
  check_program(section, *service, report);
}

void check_needed_services(const std::vector<std::string>& patterns,
                           const SourceLine& where,
                           const Station& station,
                           ProblemList& problems) {
  const auto& services = station.services;
  for (const auto& pattern : patterns) {
    const bool known = std::ranges::any_of(
        services, [&](const ServiceEntry& service) { return is_meant(service, pattern); });
    if (!known) {
      problems.error(where,
                     fmt::format("'needs_services' in [constants]: station.ini has no service "
                                 "{}{}",
                                 in_quotes(pattern),
                                 problems.suggest(pattern, service_patterns(services))));
    }
  }
}

}  // namespace fat
