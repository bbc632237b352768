// A bench that was off -> wire pairs on, every module allowed to work, open, its FPGA loaded.
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "arguments.hpp"
#include "builtin_task.hpp"
#include "fat/ports/device_error.hpp"
#include "fpga_image.hpp"
#include "in_parallel.hpp"
#include "module_work.hpp"

namespace fat {
namespace {

constexpr Microseconds kBetweenTries = std::chrono::seconds{2};

/// A module that has just been switched on boots: opening is tried until the limit.
class PatientBench : public Bench {
 public:
  PatientBench(const TaskContext& context, Microseconds limit)
      : context_(context), end_(context.clock.now().boot + limit) {}

  std::unique_ptr<DetectorModule> open(const ModuleEntry& module) const override {
    while (true) {
      const bool late = context_.clock.now().boot >= end_;  // before the try: it may take its time
      try {
        return context_.bench.open(module);
      } catch (const DeviceError& error) {
        const bool final =
            error.fault() == DeviceFault::Refused || error.fault() == DeviceFault::Busy;
        if (final || late) {
          throw;
        }
      }
      context_.reporter.report(Heartbeat{});
      context_.pause(kBetweenTries);
    }
  }

 private:
  const TaskContext& context_;
  Microseconds end_;
};

/// One module server (FieldHub controller) and the modules behind it.
struct WirePair {
  int number = 0;
  std::vector<const TaskModule*> modules;
};

std::vector<WirePair> wire_pairs_of(const TaskContext& context) {
  std::map<int, WirePair> pairs;
  for (const auto& module : context.modules) {
    const int number = module.place / kModulesOnWirePair;
    pairs[number].number = number;
    pairs[number].modules.push_back(&module);
  }
  std::vector<WirePair> result;
  result.reserve(pairs.size());
  for (auto& [number, pair] : pairs) {
    result.push_back(std::move(pair));
  }
  return result;
}

/// Power, and leave for everything a FAT needs. Absolute.
void switch_module_on(const TaskContext& context, FieldHub& hub, const TaskModule& module) {
  const int device = module.place % kModulesOnWirePair;
  try {
    hub.set_module_power(device, true);
    for (const auto interlock :
         {ModuleInterlock::HighVoltage, ModuleInterlock::Flash, ModuleInterlock::Lid}) {
      hub.allow(device, interlock);
    }
  } catch (const DeviceError& error) {
    if (error.fault() != DeviceFault::Refused) {
      throw;
    }
    say(context, fmt::format("{}: {}", module.entry.serial, error.what()), "warning");
  }
}

/// How many of the module servers answer, with the wire pairs behind them on.
std::size_t switch_on(const TaskContext& context, const std::vector<WirePair>& pairs) {
  const auto& instruments = instruments_of(context);
  const auto& prefix = text_argument(context, "field_hub");
  std::atomic<std::size_t> good{0};
  in_parallel(pairs.size(), [&](std::size_t index) {
    const auto name = fmt::format("{}{}", prefix, pairs[index].number);
    try {
      const auto hub = instruments.field_hub(name);
      hub->set_wire_pair_power(true);  // it reads back the pair's voltage, or throws
      for (const auto* module : pairs[index].modules) {
        switch_module_on(context, *hub, *module);
      }
      ++good;
    } catch (const DeviceError& error) {
      say(context,
          fmt::format("module server {} is not ready: {}; is its program running, does its wire "
                      "pair have power?",
                      name,
                      error.what()),
          "critical");
    }
  });
  return good;
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
  auto patient = TaskContext{.bench = bench,
                             .clock = context.clock,
                             .reporter = context.reporter,
                             .instruments = context.instruments,
                             .pause = context.pause,
                             .ask = context.ask,
                             .backups = {},
                             .journal = {},
                             .run_file = context.run_file,
                             .folder = context.folder,
                             .modules = context.modules,
                             .arguments = context.arguments};
  const auto exit = for_each_module(
      patient, Together::AllModules, [&](const TaskModule& module, DetectorModule& session) {
        set_up_module(context, module, session);
      });
  return good == pairs.size() ? exit : TaskExit::Errored;
}

}  // namespace

BuiltinTask setup_task() {
  TaskInfo info;
  info.name = "setup";
  info.summary =
      "wire pairs and modules on, interlocks allowed and read back, every module open, FPGA loaded";
  info.recovery = Recovery::Rerun;
  info.parameters = {
      parameter("field_hub",
                ParameterType::Text,
                "field_hub",
                "[device field_hub0], field_hub1 ... of station.ini: one for each wire pair"),
      parameter("boot", ParameterType::Duration, "60 s", "how long a module may take to answer")};
  info.needs_modules = true;
  info.measurements = {{.name = "fpga_version", .min = {}, .max = {}, .unit = {}},
                       {.name = "hv_interlock", .min = 1, .max = 1, .unit = {}},
                       {.name = "flash_interlock", .min = 1, .max = 1, .unit = {}},
                       {.name = "lid_interlock", .min = 1, .max = 1, .unit = {}}};
  info.estimate = std::chrono::seconds{30};
  return {info, setup};
}

}  // namespace fat
