#include "cli/doctor.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/station_checks.hpp"
#include "fat/model/plain_text.hpp"

namespace fat {

namespace {

constexpr std::size_t kLongestText = 2000;

void append(Findings& all, Findings more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

std::ptrdiff_t count(const std::vector<Finding>& findings, Health health) {
  return std::ranges::count_if(findings, [&](const auto& one) { return one.health == health; });
}

}  // namespace

std::string_view to_string(Health health) {
  switch (health) {
    case Health::Ok:
      return "ok";
    case Health::Warning:
      return "warning";
    case Health::Problem:
      return "problem";
  }
  return "";
}

std::vector<Finding> examine_station(const Station& station, Depth depth) {
  Findings all;
  append(all, check_file_system(station));
  append(all, check_writable(station));
  append(all, check_disk(station));
  append(all, check_clock());
  append(all, check_time_zone(station));
  append(all, check_program());
  append(all, check_socket(station));
  append(all, check_backups(station, depth));
  if (depth == Depth::Quick) {
    return all;
  }
  append(all, check_shim_runs());
  append(all, check_python());
  append(all, check_journal(station));
  append(all, check_owner(station));
  append(all, check_terminal_keepers());
  append(all, check_sinks(station));  // last: libcurl makes threads
  return all;
}

std::string findings_text(const std::vector<Finding>& findings) {
  std::string text;
  for (const auto& finding : findings) {
    const auto mark = finding.health == Health::Ok ? "ok" : to_string(finding.health);
    text += fmt::format("{:<8} {:<12} {}\n",
                        mark,
                        plain_text(finding.subject, kLongestText),
                        plain_text(finding.text, kLongestText));
    if (!finding.advice.empty()) {
      text += fmt::format("{:<8} -> {}\n", "", plain_text(finding.advice, kLongestText));
    }
  }
  const auto problems = count(findings, Health::Problem);
  const auto warnings = count(findings, Health::Warning);
  if (problems == 0 && warnings == 0) {
    return text + "\nAll is well.\n";
  }
  return text + fmt::format("\n{} problem{}, {} warning{}.\n",
                            problems,
                            problems == 1 ? "" : "s",
                            warnings,
                            warnings == 1 ? "" : "s");
}

std::string findings_json(const std::vector<Finding>& findings) {
  using Json = nlohmann::ordered_json;
  auto all = Json::array();
  for (const auto& finding : findings) {
    all.push_back({{"health", to_string(finding.health)},
                   {"subject", finding.subject},
                   {"text", finding.text},
                   {"advice", finding.advice}});
  }
  return all.dump(1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace fat
