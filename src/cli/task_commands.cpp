#include "cli/task_commands.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/print.hpp"
#include "cli/station_context.hpp"
#include "cli/virtual_station.hpp"
#include "fat/devices/iceboot_bench.hpp"
#include "fat/devices/station_instruments.hpp"
#include "fat/model/quantity.hpp"
#include "fat/model/suggestion.hpp"
#include "fat/runner/system_clock.hpp"
#include "fat/sim/sim_main.hpp"
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
    print(fmt::format("{:<16} {}", task.name, task.summary));
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
};

TaskBench bench_for(const Invocation& invocation,
                    const Station& station,
                    const SystemClock& clock,
                    const LinkLocks& locks) {
  auto wires = std::make_unique<IcebootBench>(clock, IcebootTimeouts{}, locks);
  const bool is_virtual =
      invocation.virtual_station || environment_variable("FATMASTER_VIRTUAL").value_or("") == "1";
  if (!is_virtual) {
    return {.wires = nullptr,
            .modules = std::move(wires),
            .instruments = std::make_unique<StationInstruments>(clock, station.devices, locks)};
  }
  const auto address = require_virtual_station(station.state);
  std::cerr << "VIRTUAL station, not the bench\n";
  auto modules = std::make_unique<VirtualModules>(*wires, address);
  return {.wires = std::move(wires),
          .modules = std::move(modules),
          .instruments = std::make_unique<StationInstruments>(
              clock, virtual_devices(address, station.devices), locks, "the virtual station")};
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
  const auto& info = require_task(words.front());
  if (std::ranges::find(words, "--help") != words.end()) {
    print(describe(info));
    return kExitDone;
  }
  if (std::ranges::find(words, "--verify") != words.end()) {
    throw UsageError{fmt::format(
        "fatmaster task: {} leaves nothing on the hardware that could be verified", info.name)};
  }
  const auto station = open_station(invocation).station;
  const SystemClock clock;
  const LinkLocks locks{station.locks, purpose_of(info.name)};
  const auto bench = bench_for(invocation, station, clock, locks);
  TarSnapshots snapshots{clock};
  words.erase(words.begin());
  return run_task_main(info.name,
                       words,
                       {.bench = *bench.modules,
                        .clock = clock,
                        .instruments = bench.instruments.get(),
                        .pause = SystemClock::pause,
                        .snapshots = &snapshots,
                        .backups = station.backups,
                        .journal = journal_file(station),
                        .environment = environment_variable,
                        .out = std::cout,
                        .err = std::cerr});
}

long long number_option(const Invocation& invocation,
                        const char* name,
                        long long otherwise,
                        long long low,
                        long long high) {
  if (!invocation.arguments.has(name)) {
    return otherwise;
  }
  const auto number = parse_integer(invocation.arguments.value(name));
  if (!number || *number < low || *number > high) {
    throw UsageError{
        fmt::format("fatmaster sim: --{} is a whole number from {} to {}", name, low, high)};
  }
  return *number;
}

int sim(const Invocation& invocation) {
  SimOptions options;
  options.station.modules = static_cast<int>(number_option(invocation, "modules", 2, 1, 256));
  options.station.port_base = static_cast<int>(number_option(invocation, "port-base", 0, 0, 65000));
  options.station.seed =
      static_cast<std::uint32_t>(number_option(invocation, "seed", 1, 0, 0xffffffffLL));
  if (invocation.arguments.has("speed")) {
    const auto speed = parse_number(invocation.arguments.value("speed"));
    if (!speed || *speed <= 0) {
      throw UsageError{"fatmaster sim: --speed is a number above 0"};
    }
    options.station.speed = *speed;
  }
  options.json = invocation.arguments.has("json");
  if (invocation.arguments.has("state")) {
    options.state_folder = invocation.arguments.value("state");
  }
  return sim_main(options, std::cout, std::cerr);
}

int version(const Invocation&) {
  print(fmt::format("fatmaster {}", program_version()));
  return kExitDone;
}

}  // namespace

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
          {.name = "sim",
           .summary = "the virtual station alone; prints its addresses",
           .details = "Serves until Ctrl-C. Module n speaks iceboot on port base+n of 127.0.0.1.",
           .options =
               {{.name = "--modules", .value = "N", .help = "1 to 256 (default 2)"},
                {.name = "--port-base",
                 .value = "PORT",
                 .help = "first port (default: the kernel chooses)"},
                {.name = "--seed", .value = "S", .help = "of identities and noise (default 1)"},
                {.name = "--speed",
                 .value = "X",
                 .help = "how much faster than real time the hardware moves (default 1)"},
                {.name = "--json", .value = {}, .help = "print the addresses as JSON"},
                {.name = "--state", .value = "DIR", .help = "folder where it can be found again"}},
           .function = sim},
          {.name = "version",
           .summary = "the program's version",
           .details = {},
           .options = {},
           .function = version}};
}

}  // namespace fat
