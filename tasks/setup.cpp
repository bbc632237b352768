// A bench that was off -> wire pairs on, every module allowed to work, open, its FPGA loaded.
#include <algorithm>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "arguments.hpp"
#include "fat/ports/device_error.hpp"
#include "fpga_image.hpp"
#include "in_parallel.hpp"
#include "module_power.hpp"
#include "module_work.hpp"

namespace fat {
namespace {

/// How many of the module servers answer, with the wire pairs behind them on.
std::size_t switch_on(const TaskContext& context, const std::vector<WirePair>& pairs) {
  const auto failed = with_field_hubs(context, pairs, [&](FieldHub& hub, const WirePair& pair) {
    hub.set_wire_pair_power(true);  // it reads back the pair's voltage, or throws
    for (const auto* module : pair.modules) {
      switch_module_on(context, hub, *module);
    }
  });
  return pairs.size() - failed.size();
}

void require_interlock(const TaskContext& context,
                       const TaskModule& module,
                       const char* name,
                       bool set) {
  measured(context,
           {.module = module.entry.serial,
            .channel = {},
            .name = name,
            .value = set ? 1.0 : 0.0,
            .unit = {},
            .limits = {.min = 1, .max = 1}});
}

void set_up_module(const TaskContext& context, const TaskModule& module, DetectorModule& session) {
  if (!check_fpga_image(context, module, session)) {
    return;
  }
  const auto interlocks = session.high_voltage().interlocks();
  require_interlock(context, module, "hv_interlock", interlocks.high_voltage);
  require_interlock(context, module, "flash_interlock", interlocks.flash);
  require_interlock(context, module, "lid_interlock", interlocks.lid);
}

/// Done only when every module server answers. Absolute, so it may be repeated.
TaskExit setup(const TaskContext& context) {
  const auto pairs = wire_pairs_of(context);
  const auto good = switch_on(context, pairs);
  say(context, fmt::format("{} of {} module servers answer", good, pairs.size()));
  const PatientBench bench{context, duration_argument(context, "boot")};
  const auto exit = for_each_module(on_bench(context, bench),
                                    Together::AllModules,
                                    [&](const TaskModule& module, DetectorModule& session) {
                                      set_up_module(context, module, session);
                                    });
  return good == pairs.size() ? exit : TaskExit::Errored;
}

enum class SetUp { Yes, No, Unknown };

bool is_set_up(const TaskModule& module, DetectorModule& session) {
  const auto interlocks = session.high_voltage().interlocks();
  return is_right_image(module, session.fpga_version()) && interlocks.high_voltage &&
         interlocks.flash && interlocks.lid;
}

/// One that is silent is not set up; one that somebody else has, or that answers nonsense, nobody
/// can tell of.
SetUp look_at(const TaskContext& context, const TaskModule& module) {
  try {
    return is_set_up(module, *context.bench.open(module.entry)) ? SetUp::Yes : SetUp::No;
  } catch (const DeviceError& error) {
    say(context, error.what(), "warning");
    const bool silent = error.fault() == DeviceFault::Unreachable ||
                        error.fault() == DeviceFault::Timeout ||
                        error.fault() == DeviceFault::Closed;
    return silent ? SetUp::No : SetUp::Unknown;
  }
}

/// Changes nothing. Throws std::runtime_error when nobody can tell.
TaskExit verify_setup(const TaskContext& context) {
  std::vector<SetUp> found(context.modules.size(), SetUp::Unknown);
  in_parallel(found.size(),
              [&](std::size_t index) { found[index] = look_at(context, context.modules[index]); });
  const auto good = std::ranges::count(found, SetUp::Yes);
  say(context, fmt::format("set up: {} of {} modules", good, found.size()));
  if (std::ranges::find(found, SetUp::No) != found.end()) {
    return TaskExit::Errored;
  }
  if (good != std::ssize(found)) {
    throw std::runtime_error{"nobody can tell of every module whether it is set up"};
  }
  return TaskExit::Done;
}

}  // namespace

BuiltinTask setup_task() {
  TaskInfo info;
  info.name = "setup";
  info.summary =
      "wire pairs and modules on, interlocks allowed and read back, every module open, FPGA loaded";
  info.recovery = Recovery::Rerun;
  info.parameters = {field_hub_parameter(), boot_parameter()};
  info.needs_modules = true;
  info.measurements = {{.name = "fpga_version", .min = {}, .max = {}, .unit = {}},
                       {.name = "hv_interlock", .min = 1, .max = 1, .unit = {}},
                       {.name = "flash_interlock", .min = 1, .max = 1, .unit = {}},
                       {.name = "lid_interlock", .min = 1, .max = 1, .unit = {}}};
  info.estimate = std::chrono::seconds{30};
  return {info, setup, verify_setup};
}

}  // namespace fat
