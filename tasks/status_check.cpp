// The modules of a run -> FPGA image as it should be, temperature, high voltage.
#include <stdexcept>

#include <fmt/format.h>

#include "arguments.hpp"
#include "builtin_task.hpp"
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
      fmt::format("{}, should be {}", found, module.fpga_version.value_or(kFpgaNotConfigured));
  context.reporter.report(VerdictReport{module.entry.serial, Verdict::Failed, reason});
  say(context,
      fmt::format("{}: FPGA version mismatch during status check: {}", module.entry.serial, reason),
      "critical");
}

/// True when the FPGA holds the image it should, perhaps by now.
bool check_fpga(const TaskContext& context, const TaskModule& module, DetectorModule& session) {
  const auto expected = module.fpga_version;
  int version = session.fpga_version();
  for (int attempt = 0; expected && version != *expected && attempt < kRepairs; ++attempt) {
    if (!load_image(context, module, session)) {
      break;
    }
    version = session.fpga_version();
  }
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
  const bool good = !expected || version == *expected;
  if (!good) {
    say_mismatch(context, module, version);
  }
  return good;
}

void read_value(const TaskContext& context,
                const TaskModule& module,
                DetectorModule& session,
                SlowAdcChannel channel) {
  Measurement measurement{.module = module.entry.serial,
                          .channel = {},
                          .name = "temperature",
                          .value = 0,
                          .unit = {},
                          .limits = {}};
  if (channel != SlowAdcChannel::Temperature) {
    const bool lower = channel == SlowAdcChannel::Hv0;
    measurement.channel = lower ? "lower" : "upper";
    measurement.name = lower ? "hv0" : "hv1";
  }
  const auto reading = session.read_slow_adc(channel);
  measurement.value = reading.value;
  measurement.unit = reading.unit;
  context.reporter.report(MeasurementReport{measurement});
}

void check_module(const TaskContext& context, const TaskModule& module, DetectorModule& session) {
  if (!check_fpga(context, module, session)) {
    return;
  }
  for (const auto channel :
       {SlowAdcChannel::Temperature, SlowAdcChannel::Hv0, SlowAdcChannel::Hv1}) {
    read_value(context, module, session, channel);
  }
}

/// Compares each module's FPGA version with its module JSON and loads the newest image of its flash
/// when it differs, up to three times (reference 1e: degg_check). Then reads temperature and high
/// voltage. A module that fails is said by reports; Errored only when not a single one answers.
TaskExit status_check(const TaskContext& context) {
  if (flag_argument(context, "reboot")) {
    throw std::runtime_error{
        "reboot = true is not available in this version: it switches all mainboards off and on, "
        "which needs the "
        "FieldHub; say reboot = false"};
  }
  return for_each_module(
      context, Together::AllModules, [&context](const TaskModule& module, DetectorModule& session) {
        check_module(context, module, session);
      });
}

}  // namespace

BuiltinTask status_check_task() {
  TaskInfo info;
  info.name = "status_check";
  info.summary =
      "all modules at once: FPGA image (repaired when it is another), temperature, high voltage";
  info.recovery = Recovery::Rerun;
  info.needs_modules = true;
  info.parameters = {
      parameter("reboot",
                ParameterType::Boolean,
                "false",
                "kept for the original's call; true is not available in this version")};
  info.measurements = {{.name = "fpga_version", .min = {}, .max = {}, .unit = {}},
                       {.name = "temperature", .min = {}, .max = {}, .unit = "degC"},
                       {.name = "hv0", .min = {}, .max = {}, .unit = "V"},
                       {.name = "hv1", .min = {}, .max = {}, .unit = "V"}};
  info.estimate = std::chrono::seconds{5};
  return {info, status_check};
}

}  // namespace fat
