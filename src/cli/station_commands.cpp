#include "cli/station_commands.hpp"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "cli/backup_commands.hpp"
#include "cli/doctor.hpp"
#include "cli/exit_code.hpp"
#include "cli/machine_commands.hpp"
#include "cli/message_commands.hpp"
#include "cli/print.hpp"
#include "cli/serve_command.hpp"
#include "cli/service_commands.hpp"
#include "cli/station_process.hpp"
#include "fat/devices/device_catalog.hpp"
#include "fat/model/suggestion.hpp"
#include "fat/plan/module_list.hpp"
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
  const auto file = load_station_file(invocation.station, device_catalog());
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

nlohmann::json devices_json(const Station& station) {
  auto devices = nlohmann::json::array();
  for (const auto& device : station.devices) {
    devices.push_back({{"name", device.name},
                       {"kind", device.kind},
                       {"link", device.link ? nlohmann::json(to_text(*device.link)) : nullptr},
                       {"parameters", device.parameters}});
  }
  return devices;
}

std::string devices_text(const Station& station) {
  std::string text = fmt::format("{} devices, all well declared\n", station.devices.size());
  for (const auto& device : station.devices) {
    text += fmt::format("  {:<16} {:<18} {}\n",
                        device.name,
                        device.kind,
                        device.link ? to_text(*device.link) : "-");
  }
  for (const auto& channel : station.channels) {
    text += fmt::format("  channel {:<20} {} {} of {} every {}\n",
                        channel.name,
                        channel.source.quantity,
                        channel.source.input,
                        channel.instrument,
                        to_text(channel.period));
  }
  for (const auto& interlock : station.interlocks) {
    text += fmt::format("  interlock {:<18} {} by {}\n",
                        interlock.name,
                        to_string(interlock.action),
                        fmt::join(interlock.channels, ", "));
  }
  for (const auto& service : station.services) {
    text +=
        fmt::format("  service {:<20} {}\n", shown_name(service), fmt::join(service.command, " "));
  }
  for (const auto& target : station.backups) {
    text += fmt::format("  backup {:<9} {}\n", target.name, shown_place(target));
  }
  return text;
}

/// Other commands read them only where they need them.
void check_module_lists(StationFile& file) {
  for (const auto& list : {file.station.modules.list, file.station.modules.database}) {
    auto problems =
        list.empty() ? std::vector<Problem>{} : read_module_list(list, list.string()).problems;
    std::ranges::move(problems, std::back_inserter(file.problems));
  }
}

/// `fatmaster station [check [FILE] | states | graph [NAME]]`.
int station(const Invocation& invocation) {
  const auto action = invocation.arguments.value("ACTION");
  if (action.empty()) {
    return run_station_process(invocation);
  }
  if (action == "states") {
    return print_machine_states(invocation);
  }
  if (action == "graph") {
    return draw_machines(invocation);
  }
  if (action != "check") {
    throw UsageError{
        fmt::format("fatmaster station: there is no '{}'{}; there are: check, states, graph",
                    action,
                    did_you_mean(action, {"check", "states", "graph"}))};
  }
  const auto given = invocation.arguments.value("FILE");
  const auto path =
      given.empty() ? invocation.station / "station.ini" : std::filesystem::path{given};
  auto file = read_station_file(path, device_catalog());
  check_module_lists(file);
  if (!file.station.has_file) {
    throw CommandError{kExitFileWrong, fmt::format("there is no {}", path.string())};
  }
  if (has_errors(file.problems)) {
    throw FileError{file.problems};
  }
  for (const auto& problem : file.problems) {
    std::cerr << to_text(problem) << '\n';
  }
  print(invocation.arguments.has("json") ? devices_json(file.station).dump(2) + "\n"
                                         : devices_text(file.station));
  return kExitDone;
}

}  // namespace

std::vector<Command> station_commands() {
  std::vector<Command> all{
      {.name = "doctor",
       .summary = "what could spoil a campaign here, and what to do about it",
       .details = "Disk, clock, programs, journal, backups; a test message to each sink. Exit code "
                  "1 when there is a problem.",
       .options = {{.name = "--json", .value = {}, .help = "for programs"}},
       .function = doctor},
      {.name = "station",
       .summary = "read the bench all the time and keep it safe; or check a station.ini",
       .details =
           "`fatmaster station`: reads every [channel ...] of station.ini at its period and "
           "stores what it showed in readings.db,\nuntil Ctrl-C. `fatmaster read` and `plot` "
           "show it. One for a station.\n`fatmaster station check [FILE]`: every mistake at "
           "once, then what it declares; without FILE the one of this station. "
           "Touches no device. Exit code 3 when\nsomething is wrong. "
           "src/devices/README.md lists the kinds of devices and their keys.\n`fatmaster station "
           "states`: what each [module_power ...] and [chiller ...] is in, from what is read; exit "
           "code 1 when one is\nin an error or unknown. `fatmaster station graph [NAME] [-o "
           "FILE.svg|FILE.dot]`: what may be commanded in which state, in\nGraphviz' language or "
           "as a picture, with the states as they are now.",
       .options =
           {{.name = "ACTION", .value = {}, .help = "check, states or graph; none: read the bench"},
            {.name = "FILE",
             .value = {},
             .help = "check: a station file; graph: a [module_power ...] or [chiller ...]"},
            {.name = "--output,-o", .value = "PATH", .help = "of graph: FILE.svg or FILE.dot"},
            listen_option(),
            {.name = "--leave-outputs",
             .value = {},
             .help = "at the end: what the interlocks guard stays as it is"},
            {.name = "--for",
             .value = "DURATION",
             .help = "with --virtual: so long, on a time that jumps, and end; 7days take a minute"},
            {.name = "--speed",
             .value = "X",
             .help =
                 "with --virtual: the bench's time runs X times as fast, a run's beside it too"},
            {.name = "--faults",
             .value = "FILE",
             .help = "with --for: what breaks when, as of `fatmaster sim --faults`"},
            {.name = "--beside",
             .value = "RUN",
             .help = "as long as that run goes on, which starts it where no other reads the bench"},
            {.name = "--json", .value = {}, .help = "the devices or states, for programs"}},
       .function = station}};
  for (const auto& group : {service_commands(), backup_commands(), message_commands()}) {
    all.insert(all.end(), group.begin(), group.end());
  }
  return all;
}

}  // namespace fat
