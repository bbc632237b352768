#include "cli/task_commands.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include <fmt/format.h>

#include "cli/child_environment.hpp"
#include "cli/exit_code.hpp"
#include "cli/fast_clock.hpp"
#include "cli/lease_client.hpp"
#include "cli/leased_instruments.hpp"
#include "cli/print.hpp"
#include "cli/sim_command.hpp"
#include "cli/station_channels.hpp"
#include "cli/station_context.hpp"
#include "cli/virtual_station.hpp"
#include "fat/devices/iceboot_bench.hpp"
#include "fat/devices/module_command.hpp"
#include "fat/devices/station_instruments.hpp"
#include "fat/model/suggestion.hpp"
#include "fat/runner/system_clock.hpp"
#include "fat/store/tar_snapshots.hpp"
#include "fat/tasks/catalog.hpp"
#include "fat/tasks/task_main.hpp"

namespace fat {

namespace {

std::string presence(const ParameterInfo& parameter) {
  if (parameter.required) {
    return "required";
  }
  return parameter.default_text.empty() ? "optional" : "default " + parameter.default_text;
}

std::string describe(const TaskInfo& task) {
  auto text = fmt::format(
      "{}: {}\n\n  interrupted: {}\n", task.name, task.summary, to_string(task.recovery));
  if (!task.parameters.empty()) {
    text += "  parameters:\n";
  }
  for (const auto& parameter : task.parameters) {
    text += fmt::format("    {:<14} {} ({}, {})\n",
                        parameter.name,
                        parameter.help,
                        to_string(parameter.type),
                        presence(parameter));
  }
  for (const auto& measurement : task.measurements) {
    text += fmt::format("  measures {}{}{}\n",
                        measurement.name,
                        measurement.unit.empty() ? "" : " in ",
                        measurement.unit);
  }
  return text;
}

const TaskInfo& require_task(const std::string& name) {
  const auto* task = find_task(catalog(), name);
  if (task != nullptr) {
    return *task;
  }
  std::vector<std::string> names;
  for (const auto& one : catalog()) {
    names.push_back(one.name);
  }
  throw UsageError{fmt::format("fatmaster: there is no task '{}'{}; `fatmaster tasks` lists them",
                               name,
                               did_you_mean(name, names))};
}

int tasks(const Invocation& invocation) {
  const auto name = invocation.arguments.value("NAME");
  if (!name.empty()) {
    print(describe(require_task(name)));
    return kExitDone;
  }
  for (const auto& task : catalog()) {
    print(fmt::format("{:<22} {}", task.name, task.summary));
  }
  return kExitDone;
}

std::optional<std::string> environment_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>{value};
}

/// What others are told who wait for a device that this task holds.
std::string purpose_of(const std::string& task) {
  const auto title = environment_variable("FATMASTER_STEP_TITLE");
  return title ? fmt::format("{} (step '{}')", task, *title) : task;
}

/// The bench of a task: the one of station.ini, or the virtual one, never both.
struct TaskBench {
  std::unique_ptr<Bench> wires;  ///< what the other one speaks through, when there is one
  std::unique_ptr<Bench> modules;
  std::unique_ptr<Instruments> instruments;
  AskModule probe;   ///< of station.ini; never of a virtual run: it may reach real modules
  double speed = 1;  ///< of its time
};

TaskBench bench_for(const Invocation& invocation,
                    const Station& station,
                    const SystemClock& clock,
                    const LinkLocks& locks,
                    const TaskWires& task_wires) {
  const InstrumentLinks links{
      .station = [&task_wires](const DeviceEntry& device) { return task_wires.wire_of(device); }};
  auto wires = std::make_unique<IcebootBench>(clock, IcebootTimeouts{}, locks);
  const bool is_virtual =
      invocation.virtual_station || environment_variable("FATMASTER_VIRTUAL").value_or("") == "1";
  if (!is_virtual) {
    return {.wires = nullptr,
            .modules = std::move(wires),
            .instruments = std::make_unique<StationInstruments>(
                clock, station.devices, locks, "station.ini", links),
            .probe = module_command(
                clock, station.modules.probe, command_place(station), station.modules.timeout)};
  }
  const auto address = require_virtual_station(station.state);
  std::cerr << "VIRTUAL station, not the bench\n";
  auto modules = std::make_unique<VirtualModules>(*wires, address);
  return {
      .wires = std::move(wires),
      .modules = std::move(modules),
      .instruments = std::make_unique<StationInstruments>(
          clock, virtual_devices(address, station.devices), locks, "the virtual station", links),
      .speed = address.speed > 0 ? address.speed : 1};
}

/// `fatmaster task NAME [--PARAMETER VALUE]...`: what a step's process is.
int task(const Invocation& invocation) {
  auto words = invocation.arguments.rest();
  if (words.empty() || words.front() == "--help") {
    print(
        "usage: fatmaster task NAME [--PARAMETER VALUE]... [--run RUN_JSON]\n\n"
        "Performs one built-in task here and now, as a step would; `fatmaster tasks NAME` tells "
        "its parameters.");
    return words.empty() ? kExitUsage : kExitDone;
  }
  const auto name = words.front();
  words.erase(words.begin());
  return perform_task(invocation, name, words);
}

int version(const Invocation&) {
  print(fmt::format("fatmaster {}", program_version()));
  return kExitDone;
}

}  // namespace

int perform_task(const Invocation& invocation,
                 const std::string& name,
                 const std::vector<std::string>& words) {
  const auto& info = require_task(name);
  if (std::ranges::find(words, "--help") != words.end()) {
    print(describe(info));
    return kExitDone;
  }
  const auto station = open_station(invocation).station;
  forget_secrets(station);
  const SystemClock clock;
  const LinkLocks locks{station.locks, purpose_of(info.name)};
  const auto who = [&] { return acting_person(invocation, station); };
  TaskWires wires{station, bench_files(invocation, station), who};
  const auto bench = bench_for(invocation, station, clock, locks, wires);
  const FastClock bench_clock{clock, bench.speed};
  const LeasedInstruments instruments{*bench.instruments,
                                      {.station = station,
                                       .files = bench_files(invocation, station),
                                       .who = who,
                                       .purpose = purpose_of(info.name),
                                       .say = report_waiting,
                                       .wires = wires}};
  const StationChannels channels{invocation, station, clock};
  TarSnapshots snapshots{clock};
  const auto environment = [&](const std::string& variable) {
    auto value = environment_variable(variable);
    return value || variable != "FATMASTER_STATION" ? value : station.folder.string();
  };
  return run_task_main(info.name,
                       words,
                       {.bench = *bench.modules,
                        .clock = bench_clock,
                        .instruments = &instruments,
                        .channels = station.channels.empty() ? nullptr : &channels,
                        .pause =
                            [&bench_clock](Microseconds duration) {
                              SystemClock::pause(bench_clock.on_machine(duration));
                            },
                        .probe = bench.probe,
                        .snapshots = &snapshots,
                        .backups = station.backups,
                        .journal = journal_file(station),
                        .environment = environment,
                        .out = std::cout,
                        .err = std::cerr});
}

std::vector<Command> task_commands() {
  return {{.name = "tasks",
           .summary = "list the built-in tasks, or explain one",
           .details = {},
           .options = {{.name = "NAME", .value = {}, .help = "a task"}},
           .function = tasks},
          {.name = "task",
           .summary = "perform one built-in task here and now",
           .details = {},
           .options = {},
           .function = task,
           .passes_words_on = true},
          sim_command(),
          {.name = "version",
           .summary = "the program's version",
           .details = {},
           .options = {},
           .function = version}};
}

}  // namespace fat
