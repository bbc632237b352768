// The modules of a run -> FPGA image as it should be, temperature, high voltage.
#include <stdexcept>

#include "arguments.hpp"
#include "builtin_task.hpp"
#include "fpga_image.hpp"
#include "module_work.hpp"

namespace fat {
namespace {

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
  if (!check_fpga_image(context, module, session)) {
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
