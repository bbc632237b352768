// [constants] -> what holds for the whole run, by one table of keys.
#include "plan/constants.hpp"

#include <algorithm>
#include <array>
#include <system_error>

#include <fmt/format.h>

#include "fat/model/quantity.hpp"
#include "plan/program.hpp"
#include "plan/raw_text.hpp"
#include "plan/read_file.hpp"
#include "plan/section_report.hpp"

namespace fat {

namespace {

using Folders = std::vector<std::filesystem::path>;

constexpr std::string_view kYesOrNo = "true or false (yes, no, on, off, 1, 0)";
constexpr long long kMostModules = 1000;
constexpr std::size_t kMostNeeded = 100;

/// As for run_backup, the original took an empty value for no.
void read_flag(const IniKey& key, bool& flag, SectionReport& report) {
  const auto value = key.value.empty() ? std::optional{false} : parse_bool(key.value);
  if (!value) {
    report.wrong(key, kYesOrNo);
  }
  flag = value.value_or(false);
}

void read_run_file(const IniKey& key, Constants& constants, const Folders&, SectionReport& report) {
  if (key.value.empty() || has_control_character(key.value)) {
    report.wrong(key, "the path of a run JSON");
    return;
  }
  constants.run_file = key.value;
  constants.run_file_where = report.line(key);
}

void read_verbose(const IniKey& key, Constants& constants, const Folders&, SectionReport& report) {
  read_flag(key, constants.verbose, report);
}

void read_prefer(const IniKey& key, Constants& constants, const Folders&, SectionReport& report) {
  read_flag(key, constants.prefer_builtin, report);
}

void read_strict(const IniKey& key, Constants& constants, const Folders&, SectionReport& report) {
  read_flag(key, constants.strict_code, report);
}

void read_python(const IniKey& key,
                 Constants& constants,
                 const Folders& folders,
                 SectionReport& report) {
  if (key.value.empty() || has_control_character(key.value)) {
    report.wrong(key, "the name or path of a Python interpreter");
    return;
  }
  const auto program = find_program(key.value, folders);
  const bool has_slash = key.value.find('/') != std::string::npos;
  constants.python = program && has_slash ? program->string() : key.value;
  constants.python_where = report.line(key);
}

void read_python_path(const IniKey& key,
                      Constants& constants,
                      const Folders& folders,
                      SectionReport& report) {
  for (const auto& item : list_items(key.value, ":,\n")) {
    const auto path = find_in(item, folders);
    std::error_code ignored;
    if (!std::filesystem::is_directory(path, ignored)) {
      report.error(key,
                   fmt::format("no folder {} ({})", in_quotes(item), looked_for(item, folders)));
      continue;
    }
    constants.python_path.push_back(path.string());
  }
}

void read_min_modules(const IniKey& key,
                      Constants& constants,
                      const Folders&,
                      SectionReport& report) {
  const auto number = parse_integer(key.value);
  if (!number || *number < 0 || *number > kMostModules) {
    report.wrong(key, fmt::format("a whole number from 0 to {}", kMostModules));
    return;
  }
  constants.min_modules = static_cast<int>(*number);
}

void read_safe_after(const IniKey& key,
                     Constants& constants,
                     const Folders&,
                     SectionReport& report) {
  constants.safe_state_after = parse_duration(key.value);
  if (!constants.safe_state_after) {
    report.wrong(key, "a duration with its unit, such as '15 min'");
  }
}

void read_needs_services(const IniKey& key,
                         Constants& constants,
                         const Folders&,
                         SectionReport& report) {
  constants.needs_services = list_items(key.value);
  constants.needs_services_where = report.line(key);
  if (constants.needs_services.empty() || constants.needs_services.size() > kMostNeeded) {
    report.wrong(key, "a list of services such as 'daq:*, camera'");
  }
}

struct Row {
  std::string_view name;
  void (*read)(const IniKey&, Constants&, const Folders&, SectionReport&);
};

constexpr std::array kRows{
    Row{"run_file", read_run_file},
    Row{"verbose", read_verbose},
    Row{"python", read_python},
    Row{"python_path", read_python_path},
    Row{"prefer_builtin", read_prefer},
    Row{"min_modules", read_min_modules},
    Row{"safe_state_after", read_safe_after},
    Row{"strict_code", read_strict},
    Row{"needs_services", read_needs_services},
};

std::vector<std::string> row_names() {
  std::vector<std::string> names;
  names.reserve(kRows.size());
  for (const Row& row : kRows) {
    names.emplace_back(row.name);
  }
  return names;
}

}  // namespace

Constants read_constants(const IniFile& file, const Folders& folders, ProblemList& problems) {
  Constants constants;
  constants.where = {file.name, 0};
  const auto section = std::ranges::find_if(
      file.sections, [](const IniSection& each) { return each.name == "constants"; });
  if (section != file.sections.end()) {
    constants.where.line = section->line;
    SectionReport report{file.name, *section, problems};
    for (const IniKey& key : section->keys) {
      const auto* row =
          std::ranges::find_if(kRows, [&](const Row& known) { return known.name == key.name; });
      if (row != kRows.end()) {
        row->read(key, constants, folders, report);
      } else if (!key.inherited) {
        report.error(key, "unknown key" + report.suggest(key.name, row_names()));
      }
    }
  }
  constants.python_found = find_program(constants.python, folders).has_value();
  return constants;
}

}  // namespace fat
