// Modules of a run -> their power, by the FieldHub controllers of their wire pairs, and their
// sessions once they have booted.
#include "module_power.hpp"

#include <map>
#include <utility>

#include <fmt/format.h>

#include "arguments.hpp"
#include "fat/ports/device_error.hpp"
#include "in_parallel.hpp"
#include "module_work.hpp"

namespace fat {
namespace {

constexpr Microseconds kBetweenTries = std::chrono::seconds{2};

}  // namespace

std::vector<WirePair> wire_pairs_of(const std::vector<const TaskModule*>& modules) {
  std::map<int, WirePair> pairs;
  for (const auto* module : modules) {
    const int number = wire_pair_of(*module);
    pairs[number].number = number;
    pairs[number].modules.push_back(module);
  }
  std::vector<WirePair> result;
  result.reserve(pairs.size());
  for (auto& [number, pair] : pairs) {
    result.push_back(std::move(pair));
  }
  return result;
}

std::vector<WirePair> wire_pairs_of(const TaskContext& context) {
  std::vector<const TaskModule*> all;
  all.reserve(context.modules.size());
  for (const auto& module : context.modules) {
    all.push_back(&module);
  }
  return wire_pairs_of(all);
}

int wire_pair_of(const TaskModule& module) {
  return module.place / kModulesOnWirePair;
}

int device_of(const TaskModule& module) {
  return module.place % kModulesOnWirePair;
}

ParameterInfo field_hub_parameter() {
  return parameter("field_hub",
                   ParameterType::Text,
                   "field_hub",
                   "[device field_hub0], field_hub1 ... of station.ini: one for each wire pair");
}

ParameterInfo boot_parameter() {
  return parameter("boot", ParameterType::Duration, "60 s", "how long a module may take to answer");
}

std::vector<int> with_field_hubs(const TaskContext& context,
                                 const std::vector<WirePair>& pairs,
                                 const HubWork& work) {
  const auto& instruments = instruments_of(context);
  const auto& prefix = text_argument(context, "field_hub");
  std::vector<char> failed(pairs.size(), 0);  // each thread has its own place
  in_parallel(pairs.size(), [&](std::size_t index) {
    const auto name = fmt::format("{}{}", prefix, pairs[index].number);
    try {
      work(*instruments.field_hub(name), pairs[index]);
    } catch (const DeviceError& error) {
      failed[index] = 1;
      say(context,
          fmt::format("module server {} is not ready: {}; is its program running, does its wire "
                      "pair have power?",
                      name,
                      error.what()),
          "critical");
    }
  });
  std::vector<int> numbers;
  for (std::size_t index = 0; index < pairs.size(); ++index) {
    if (failed[index] != 0) {
      numbers.push_back(pairs[index].number);
    }
  }
  return numbers;
}

void switch_module_on(const TaskContext& context, FieldHub& hub, const TaskModule& module) {
  const int device = device_of(module);
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

std::unique_ptr<DetectorModule> PatientBench::open(const ModuleEntry& module) const {
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

TaskContext on_bench(const TaskContext& context, const Bench& bench) {
  return {.bench = bench,
          .clock = context.clock,
          .reporter = context.reporter,
          .instruments = context.instruments,
          .pause = context.pause,
          .ask = context.ask,
          .probe = context.probe,
          .snapshots = context.snapshots,
          .backups = context.backups,
          .journal = context.journal,
          .run_file = context.run_file,
          .folder = context.folder,
          .modules = context.modules,
          .arguments = context.arguments};
}

}  // namespace fat
