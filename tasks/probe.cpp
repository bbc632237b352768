// Modules of a run -> which of them answer.
#include "fat/tasks/probe.hpp"

#include <fmt/format.h>

#include "fat/ports/device_error.hpp"
#include "in_parallel.hpp"

namespace fat {
namespace {

std::string what_to_try(DeviceFault fault, const ModuleEntry& module) {
  switch (fault) {
    case DeviceFault::Unreachable:
      return fmt::format("start the module server that listens on {}:{}, or correct Port in {}",
                         module.host,
                         module.port,
                         module.path);
    case DeviceFault::Busy:
      return "wait until that process is done with the module, or end it";
    case DeviceFault::Timeout:
      return "end other programs that hold the module; else switch its wire pair off and on";
    case DeviceFault::Closed:
      return "restart the module server, then switch the wire pair off and on";
    case DeviceFault::Garbled:
      return fmt::format(
          "make sure that {}:{} is an iceboot module and that no other program talks to it",
          module.host,
          module.port);
    case DeviceFault::Refused:
      return "switch the wire pair off and on, then check the module's iceboot version";
  }
  return "";
}

ProbeResult open_module(const ModuleEntry& module, const Bench& bench) {
  if (module.port == 0) {
    return {module.serial,
            false,
            "the module JSON names no Port",
            "write the module's TCP port as \"Port\" into " + module.path};
  }
  try {
    bench.open(module);
    return {.serial = module.serial, .answers = true, .why = {}, .what_to_try = {}};
  } catch (const DeviceError& error) {
    return {module.serial, false, error.what(), what_to_try(error.fault(), module)};
  }
}

ProbeResult ask_module(const ModuleEntry& module, const AskModule& probe) {
  try {
    probe(module);
    return {.serial = module.serial, .answers = true, .why = {}, .what_to_try = {}};
  } catch (const DeviceError& error) {
    return {module.serial,
            false,
            error.what(),
            "try that command by hand; it is 'probe' of [modules] in station.ini"};
  }
}

}  // namespace

std::vector<ProbeResult> probe_modules(const std::vector<ModuleEntry>& modules,
                                       const Bench& bench,
                                       const AskModule& probe) {
  std::vector<ProbeResult> results(modules.size());
  in_parallel(modules.size(), [&](std::size_t index) {
    results[index] = probe ? ask_module(modules[index], probe) : open_module(modules[index], bench);
  });
  return results;
}

}  // namespace fat
