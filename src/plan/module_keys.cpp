// The keys of [modules] in station.ini -> where the modules are and how they are asked.
#include "plan/module_keys.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "fat/model/command_line.hpp"
#include "fat/model/quantity.hpp"
#include "plan/program.hpp"
#include "plan/raw_text.hpp"

namespace fat {

namespace {

constexpr auto kLongestModuleCommand = std::chrono::hours{1};
constexpr int kLargestFpgaVersion = 65534;  // 65535: no image

using Names = std::vector<std::string>;

/// What is wrong with the {...} of one word; "" when nothing is.
std::string wrong_placeholder(std::string_view word, const Names& known) {
  for (auto open = word.find('{'); open != std::string_view::npos; open = word.find('{', open)) {
    const auto close = word.find('}', open);
    const auto name = word.substr(open, close == std::string_view::npos ? close : close - open + 1);
    if (std::ranges::find(known, name) == known.end()) {
      return fmt::format(
          "{} stands for nothing; there are {}", in_quotes(name), fmt::join(known, " "));
    }
    open = close;
  }
  return "";
}

/// Empty after a report.
std::vector<std::string> read_module_command(const IniKey& key,
                                             const Names& known,
                                             const StationFile& file,
                                             SectionReport& report) {
  auto [words, problem] = split_command(key.value);
  for (auto word = words.begin(); word != words.end() && problem.empty(); ++word) {
    problem = wrong_placeholder(*word, known);
  }
  if (!problem.empty()) {
    report.error(key, problem);
    return {};
  }
  const auto program = find_program(words.front(), {file.station.folder});
  if (!program) {
    report.error(key,
                 fmt::format("no program {}; a name with a slash is looked for in {}, it must be "
                             "executable",
                             in_quotes(words.front()),
                             file.station.folder.string()));
    return {};
  }
  words.front() = program->string();
  return words;
}

std::filesystem::path read_csv_path(const IniKey& key,
                                    const StationFile& file,
                                    SectionReport& report) {
  if (key.value.empty() || has_control_character(key.value)) {
    report.wrong(key, "the path of a CSV file");
    return {};
  }
  return (file.station.folder / key.value).lexically_normal();
}

/// Both at once would be two truths.
void check_one_source(const IniKey& key, const StationFile& file, SectionReport& report) {
  if (!file.station.modules.addresses.empty() && !file.station.modules.list.empty()) {
    report.error(key, "there are both 'addresses' and 'list'; one of them says where modules are");
  }
}

}  // namespace

void read_module_addresses(const IniKey& key, StationFile& file, SectionReport& report) {
  auto [addresses, problem] = parse_module_addresses(key.value);
  if (!problem.empty() || addresses.empty()) {
    report.error(key, problem.empty() ? "names no address" : problem);
    return;
  }
  file.station.modules.addresses = std::move(addresses);
  check_one_source(key, file, report);
}

void read_module_list_path(const IniKey& key, StationFile& file, SectionReport& report) {
  file.station.modules.list = read_csv_path(key, file, report);
  check_one_source(key, file, report);
}

void read_module_database(const IniKey& key, StationFile& file, SectionReport& report) {
  file.station.modules.database = read_csv_path(key, file, report);
}

void read_identify_command(const IniKey& key, StationFile& file, SectionReport& report) {
  file.station.modules.identify =
      read_module_command(key, {"{host}", "{port}", "{address}"}, file, report);
}

void read_probe_command(const IniKey& key, StationFile& file, SectionReport& report) {
  file.station.modules.probe =
      read_module_command(key, {"{serial}", "{host}", "{port}", "{address}"}, file, report);
}

void read_module_timeout(const IniKey& key, StationFile& file, SectionReport& report) {
  const auto duration = parse_duration(key.value);
  if (!duration || duration->count() == 0 || *duration > kLongestModuleCommand) {
    report.wrong(key, "a duration of at most an hour with its unit, such as '30 s'");
    return;
  }
  file.station.modules.timeout = *duration;
}

void read_fpga_version(const IniKey& key, StationFile& file, SectionReport& report) {
  const auto number = parse_integer(key.value);
  if (!number || *number < 0 || *number > kLargestFpgaVersion) {
    report.wrong(key, "the version of an FPGA image such as '272'");
    return;
  }
  file.station.modules.fpga_version = static_cast<int>(*number);
}

}  // namespace fat
