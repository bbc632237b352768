// Modules of a run -> whether they answer and are set up.
#include "fat/tasks/module_look.hpp"

#include <fmt/format.h>

#include "fat/ports/device_error.hpp"
#include "in_parallel.hpp"
#include "run_modules.hpp"

namespace fat {
namespace {

/// Empty when it is set up.
std::string missing_setup(const TaskModule& module, DetectorModule& session) {
  const int version = session.fpga_version();
  if (version == kFpgaNotConfigured) {
    return "its FPGA holds no image";
  }
  if (module.fpga_version && version != *module.fpga_version) {
    return fmt::format("FPGA version {}, should be {}", version, *module.fpga_version);
  }
  return session.high_voltage().interlocks().high_voltage ? "" : "high voltage is not allowed";
}

ModuleLook look_at(const TaskModule& module, const Bench& bench, const AskModule& probe) {
  ModuleLook look;
  look.serial = module.entry.serial;
  look.place = module.place;
  try {
    if (probe) {
      probe(module.entry);
    } else {
      const auto session = bench.open(module.entry);
      look.answers = true;
      look.why = missing_setup(module, *session);
    }
    look.answers = true;
    look.set_up = look.why.empty();
  } catch (const DeviceError& error) {
    look.why = error.what();
  }
  return look;
}

}  // namespace

std::vector<TaskModule> modules_of_run_file(const std::filesystem::path& run_file,
                                            const std::filesystem::path& station) {
  return read_run_modules(run_file, {station}, std::nullopt, Quarantined::Marked);
}

std::vector<ModuleLook> look_at_modules(const std::vector<TaskModule>& modules,
                                        const Bench& bench,
                                        const AskModule& probe) {
  std::vector<ModuleLook> looks(modules.size());
  in_parallel(modules.size(),
              [&](std::size_t index) { looks[index] = look_at(modules[index], bench, probe); });
  return looks;
}

}  // namespace fat
