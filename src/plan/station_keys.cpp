// The keys of station.ini as one table.
#include "plan/station_keys.hpp"

#include <algorithm>
#include <array>
#include <system_error>

#include <fmt/format.h>
#include <grp.h>

#include "fat/model/quantity.hpp"
#include "fat/model/quiet_hours.hpp"
#include "plan/raw_text.hpp"
#include "plan/step_names.hpp"

namespace fat {

namespace {

constexpr long long kMostKept = 1'000'000;
constexpr auto kLongestBackup = std::chrono::hours{24};

void read_name(const IniKey& key, StationFile& file, SectionReport& report) {
  constexpr std::size_t longest = 100;
  if (key.value.empty() || has_control_character(key.value) || key.value.size() > longest) {
    report.wrong(key, "a name of one line");
    return;
  }
  file.station.name = key.value;
}

void read_time_zone(const IniKey& key, StationFile& file, SectionReport& report) {
  const std::filesystem::path zones{"/usr/share/zoneinfo"};
  const bool plain = !key.value.empty() && key.value.front() != '/' &&
                     key.value.find("..") == std::string::npos && !has_control_character(key.value);
  std::error_code ignored;
  const bool known = !std::filesystem::is_directory(zones, ignored) ||
                     std::filesystem::is_regular_file(zones / key.value, ignored);
  if (!plain || !known) {
    report.wrong(key, "a time zone such as 'Europe/Berlin' or 'Asia/Tokyo'");
    return;
  }
  file.station.time_zone = key.value;
}

void read_group(const IniKey& key, StationFile& file, SectionReport& report) {
  if (key.value.empty() || ::getgrnam(key.value.c_str()) == nullptr) {
    report.wrong(key, "a group of this machine");
    return;
  }
  file.station.group = key.value;
}

void read_quiet_hours(const IniKey& key, StationFile& file, SectionReport& report) {
  const auto hours = parse_quiet_hours(key.value);
  if (!hours) {
    report.wrong(key, "a span such as '22:00-07:00'");
    return;
  }
  file.station.quiet_hours = to_text(*hours);
}

/// Relative paths follow the station folder. nullopt after a report.
std::optional<std::filesystem::path> read_path(const std::string& value,
                                               const IniKey& key,
                                               const StationFile& file,
                                               SectionReport& report) {
  if (value.empty() || has_control_character(value)) {
    report.wrong(key, "a path");
    return std::nullopt;
  }
  auto path = (file.station.folder / value).lexically_normal();
  return path.has_filename() ? path : path.parent_path();
}

void read_runs(const IniKey& key, StationFile& file, SectionReport& report) {
  if (auto path = read_path(key.value, key, file, report)) {
    file.station.runs = *path;
  }
}

void read_state(const IniKey& key, StationFile& file, SectionReport& report) {
  if (auto path = read_path(key.value, key, file, report)) {
    file.station.state = *path;
  }
}

void read_data(const IniKey& key, StationFile& file, SectionReport& report) {
  if (auto path = read_path(key.value, key, file, report)) {
    file.station.data = *path;
  }
}

void read_locks(const IniKey& key, StationFile& file, SectionReport& report) {
  if (auto path = read_path(key.value, key, file, report)) {
    file.station.locks = *path;
  }
}

void read_python(const IniKey& key, StationFile& file, SectionReport& report) {
  for (const auto& item : list_items(key.value, ":,\n")) {
    const auto path = read_path(item, key, file, report);
    std::error_code ignored;
    if (path && !std::filesystem::is_directory(*path, ignored)) {
      report.error(key, fmt::format("no folder {}", in_quotes(path->string())));
    } else if (path) {
      file.station.python.push_back(*path);
    }
  }
}

void read_safe_state(const IniKey& key, StationFile& file, SectionReport& report) {
  file.safe_state = read_step_names(key, report);
}

void read_on_resume(const IniKey& key, StationFile& file, SectionReport& report) {
  file.on_resume = read_step_names(key, report);
}

void read_target(const IniKey& key, StationFile& file, SectionReport& report) {
  if (auto path = read_path(key.value, key, file, report)) {
    file.station.backups.back().target = *path;
  }
}

void read_keep(const IniKey& key, StationFile& file, SectionReport& report) {
  const auto number = parse_integer(key.value);
  if (!number || *number < 0 || *number > kMostKept) {
    report.wrong(key, "a whole number; 0 keeps all");
    return;
  }
  file.station.backups.back().keep = static_cast<int>(*number);
}

void read_backup_timeout(const IniKey& key, StationFile& file, SectionReport& report) {
  const auto duration = parse_duration(key.value);
  if (!duration || duration->count() == 0 || *duration > kLongestBackup) {
    report.wrong(key, "a duration of at most a day with its unit, such as '10 min'");
    return;
  }
  file.station.backups.back().timeout = *duration;
}

void read_kind(const IniKey& key, StationFile& file, SectionReport& /*report*/) {
  file.station.devices.back().kind = key.value;
}

void read_link(const IniKey& key, StationFile& file, SectionReport& report) {
  auto [link, problem] = parse_link(key.value);
  if (!link) {
    report.error(key, problem);
  }
  file.station.devices.back().link = std::move(link);
}

// clang-format off: a table
constexpr std::array kTable{
    StationKey{"station", "name", read_name},
    StationKey{"station", "time_zone", read_time_zone},
    StationKey{"station", "group", read_group},
    StationKey{"station", "quiet_hours", read_quiet_hours},
    StationKey{"paths", "runs", read_runs},
    StationKey{"paths", "state", read_state},
    StationKey{"paths", "data", read_data},
    StationKey{"paths", "python", read_python},
    StationKey{"paths", "locks", read_locks},
    StationKey{"safe_state", "steps", read_safe_state, true},
    StationKey{"on_resume", "steps", read_on_resume, true},
    StationKey{"backup ", "target", read_target, true},
    StationKey{"backup ", "keep", read_keep},
    StationKey{"backup ", "timeout", read_backup_timeout},
    StationKey{"device ", "kind", read_kind, true},
    StationKey{"device ", "link", read_link},
};

// clang-format on

bool is_of(std::string_view row_section, std::string_view section) {
  return row_section.ends_with(' ') ? section.starts_with(row_section) : section == row_section;
}

}  // namespace

std::vector<StationKey> station_keys_of(std::string_view section) {
  std::vector<StationKey> rows;
  std::ranges::copy_if(kTable, std::back_inserter(rows), [&](const StationKey& row) {
    return is_of(row.section, section);
  });
  return rows;
}

std::vector<std::string> station_sections() {
  std::vector<std::string> names;
  for (const StationKey& row : kTable) {
    auto name = std::string{row.section} + (row.section.ends_with(' ') ? "NAME" : "");
    if (names.empty() || names.back() != name) {
      names.push_back(std::move(name));
    }
  }
  return names;
}

}  // namespace fat
