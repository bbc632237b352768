#include "cli/station_commands.hpp"

#include <algorithm>
#include <cstdlib>
#include <ctime>

#include <fmt/format.h>

#include "cli/backup_commands.hpp"
#include "cli/doctor.hpp"
#include "cli/exit_code.hpp"
#include "cli/print.hpp"
#include "cli/service_commands.hpp"
#include "fat/plan/station_file.hpp"

namespace fat {

namespace {

Finding finding_of(const Problem& problem) {
  const bool error = problem.severity == Severity::Error;
  return {.health = error ? Health::Problem : Health::Warning,
          .subject = "station.ini",
          .text = to_text(problem),
          .advice = error ? "mend it: no run starts with it" : "",
          .prevents_run = error};
}

std::vector<Finding> station_file_findings(const StationFile& file) {
  std::vector<Finding> all;
  std::ranges::transform(file.problems, std::back_inserter(all), finding_of);
  if (all.empty()) {
    all.push_back({.subject = "station.ini",
                   .text = file.station.has_file ? "well-formed" : "there is none: all defaults"});
  }
  return all;
}

int doctor(const Invocation& invocation) {
  if (!std::filesystem::is_directory(invocation.station)) {
    throw CommandError{
        kExitFileWrong,
        fmt::format("{} is not a folder; -C DIR names the station's", invocation.station.string())};
  }
  const auto file = load_station_file(invocation.station);
  if (!file.station.time_zone.empty()) {
    setenv("TZ", file.station.time_zone.c_str(), 1);
    tzset();
  }
  auto findings = station_file_findings(file);
  const auto more = examine_station(file.station, Depth::Full);
  findings.insert(findings.end(), more.begin(), more.end());
  print(invocation.arguments.has("json") ? findings_json(findings) : findings_text(findings));
  const bool well = std::ranges::none_of(
      findings, [](const Finding& finding) { return finding.health == Health::Problem; });
  return well ? kExitDone : kExitModulesBad;
}

}  // namespace

std::vector<Command> station_commands() {
  std::vector<Command> all{
      {.name = "doctor",
       .summary = "what could spoil a campaign here, and what to do about it",
       .details = "Disk, clock, programs, journal, backups. Exit code 1 when there is a problem.",
       .options = {{.name = "--json", .value = {}, .help = "for programs"}},
       .function = doctor}};
  for (const auto& group : {service_commands(), backup_commands()}) {
    all.insert(all.end(), group.begin(), group.end());
  }
  return all;
}

}  // namespace fat
