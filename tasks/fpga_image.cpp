// An open module -> its FPGA holds the image that the module JSON names.
#include "fpga_image.hpp"

#include <fmt/format.h>

#include "fat/ports/device_error.hpp"
#include "module_work.hpp"

namespace fat {
namespace {

constexpr int kRepairs = 3;

/// Loads the newest image. False when the module refuses to.
bool load_image(const TaskContext& context, const TaskModule& module, DetectorModule& session) {
  try {
    const auto file = session.newest_flash_file();
    say(context, fmt::format("{}: loading {} into the FPGA", module.entry.serial, file), "info");
    session.configure_fpga(file);
    return true;
  } catch (const DeviceError& error) {
    if (error.fault() != DeviceFault::Refused) {
      throw;
    }
    say(context, error.what(), "warning");
    return false;
  }
}

void say_mismatch(const TaskContext& context, const TaskModule& module, int version) {
  const auto found = version == kFpgaNotConfigured ? std::string{"FPGA not configured"}
                                                   : fmt::format("FPGA version {}", version);
  const auto reason =
      module.fpga_version ? fmt::format("{}, should be {}", found, *module.fpga_version) : found;
  context.reporter.report(VerdictReport{module.entry.serial, Verdict::Failed, reason});
  say(context,
      fmt::format("{}: FPGA version mismatch during status check: {}", module.entry.serial, reason),
      "critical");
}

}  // namespace

bool is_right_image(const TaskModule& module, int version) {
  return version == module.fpga_version.value_or(version) && version != kFpgaNotConfigured;
}

int repair_fpga_image(const TaskContext& context,
                      const TaskModule& module,
                      DetectorModule& session,
                      int tries) {
  int version = session.fpga_version();
  for (int attempt = 0; !is_right_image(module, version) && attempt < tries; ++attempt) {
    if (!load_image(context, module, session)) {
      break;
    }
    version = session.fpga_version();
  }
  return version;
}

bool check_fpga_image(const TaskContext& context,
                      const TaskModule& module,
                      DetectorModule& session) {
  const auto expected = module.fpga_version;
  const int version = repair_fpga_image(context, module, session, kRepairs);
  Measurement measurement{.module = module.entry.serial,
                          .channel = {},
                          .name = "fpga_version",
                          .value = static_cast<double>(version),
                          .unit = {},
                          .limits = {}};
  if (expected) {
    measurement.limits.min = measurement.limits.max = *expected;
  } else {
    say(context,
        module.entry.serial + ": the module JSON names no fpgaVersion; it is not compared",
        "warning");
  }
  context.reporter.report(MeasurementReport{measurement});
  const bool good = is_right_image(module, version);
  if (!good) {
    say_mismatch(context, module, version);
  }
  return good;
}

}  // namespace fat
