#include "cli/bench_check.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/child_environment.hpp"
#include "cli/command.hpp"
#include "cli/exit_code.hpp"
#include "cli/virtual_station.hpp"
#include "fat/devices/iceboot_bench.hpp"
#include "fat/devices/module_command.hpp"
#include "fat/tasks/catalog.hpp"
#include "fat/tasks/probe.hpp"

namespace fat {

namespace {

constexpr std::uint32_t kSeed = 1;

bool needs_modules(const Step& step) {
  const auto* info = step.kind == StepKind::Builtin ? find_task(catalog(), step.task) : nullptr;
  return info != nullptr && info->needs_modules;
}

bool is_builtin(const Step& step) {
  return step.kind == StepKind::Builtin;
}

bool any_step(const Plan& plan, bool (*is_such)(const Step&)) {
  return std::ranges::any_of(plan.steps, is_such) || std::ranges::any_of(plan.on_resume, is_such) ||
         std::ranges::any_of(plan.safe_state, is_such);
}

/// Built-in steps find the virtual instruments too: it lives while any of them may run.
StationAddress start_virtual_station(const Plan& plan, const Station& station) {
  const auto modules = std::max<std::size_t>(plan.modules.size(), 1);
  return ensure_virtual_station(station.state,
                                {.modules = static_cast<int>(modules), .seed = kSeed});
}

void require_virtual_modules(const Plan& plan, const StationAddress& address) {
  for (const auto& module : plan.modules) {
    const bool known = std::ranges::find(address.ports, module.port) != address.ports.end();
    if (!known) {
      throw CommandError{kExitRefused,
                         fmt::format("module {} is at port {}, which is not the virtual station's: "
                                     "a virtual run needs a run JSON "
                                     "made for it (`fatmaster demo DIR` makes one)",
                                     module.serial,
                                     module.port)};
    }
  }
}

void probe(const Plan& plan, const Station& station, const BenchCheck& check, const Clock& clock) {
  auto modules = plan.modules;
  std::erase_if(modules,
                [&](const auto& module) { return check.quarantined.contains(module.serial); });
  const IcebootBench bench{clock, {}, {station.locks, "probe before the start of a run"}};
  const auto& asked = station.modules;
  const auto command =
      check.virtual_station
          ? AskModule{}
          : module_command(clock, asked.probe, command_place(station), asked.timeout);
  std::string missing;
  for (const auto& result : probe_modules(modules, bench, command)) {
    if (!result.answers) {
      missing += fmt::format("\n  {}: {}; {}", result.serial, result.why, result.what_to_try);
    }
  }
  if (!missing.empty()) {
    throw CommandError{kExitRefused,
                       fmt::format("modules that do not answer:{}\nStart without them: --without "
                                   "SERIAL; start anyway: --no-probe",
                                   missing)};
  }
}

}  // namespace

void check_bench(const Plan& plan,
                 const Station& station,
                 const BenchCheck& check,
                 const Clock& clock) {
  const bool asks_modules = any_step(plan, needs_modules);
  if (check.virtual_station && any_step(plan, is_builtin)) {
    const auto address = start_virtual_station(plan, station);
    if (asks_modules) {
      require_virtual_modules(plan, address);
    }
  }
  if (!asks_modules) {
    return;
  }
  if (!check.virtual_station && !station.has_file) {
    throw CommandError{
        kExitFileWrong,
        fmt::format(
            "steps of this schedule need the bench, but there is no station.ini in {}: write one "
            "([station] "
            "with a name is enough; `fatmaster init DIR` shows a whole one), or use --virtual",
            station.folder.string())};
  }
  if (check.probe) {
    probe(plan, station, check, clock);
  }
}

}  // namespace fat
