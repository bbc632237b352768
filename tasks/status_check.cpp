// The modules of a run -> FPGA image as it should be, temperature, high voltage.
#include <algorithm>
#include <iterator>
#include <stdexcept>

#include <fmt/format.h>

#include "arguments.hpp"
#include "fat/tasks/probe.hpp"
#include "fpga_image.hpp"
#include "module_restart.hpp"
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

/// What is said about a module that the station's own command has found well.
Measurement answering(const std::string& serial) {
  return {.module = serial,
          .channel = {},
          .name = "answers",
          .value = 1,
          .unit = {},
          .limits = {.min = 1, .max = {}}};
}

/// Of modules that do not speak iceboot: whether they answer to [modules] probe.
TaskExit ask_all(const TaskContext& context) {
  if (flag_argument(context, "reboot")) {
    throw std::runtime_error{
        "reboot = true is for iceboot modules, and station.ini has a probe command for these"};
  }
  std::vector<ModuleEntry> entries;
  std::ranges::transform(context.modules, std::back_inserter(entries), &TaskModule::entry);
  std::size_t answering_ones = 0;
  for (const auto& result : probe_modules(entries, context.bench, context.probe)) {
    if (result.answers) {
      ++answering_ones;
      context.reporter.report(MeasurementReport{answering(result.serial)});
    } else {
      context.reporter.report(ModuleReport{result.serial, "unresponsive", result.why});
    }
  }
  say(context, fmt::format("{} of {} modules answer", answering_ones, entries.size()));
  return answering_ones == 0 ? TaskExit::Errored : TaskExit::Done;
}

/// Who does not come back is told by what follows. False when one was not restarted at all.
bool reboot_all(const TaskContext& context) {
  const auto results =
      restart_modules(context,
                      {.cold = false,
                       .off = std::chrono::seconds{1},
                       .boot = duration_argument(context, "boot"),
                       .rounds = 2,
                       .has_field_hub = text_argument(context, "field_hub") != "none"});
  return all_were_restarted(results);
}

/// Compares each module's FPGA version with its module JSON and loads the newest image of its flash
/// when it differs, up to three times (reference 1e: degg_check). Then reads temperature and high
/// voltage. With `reboot` all modules are off for a second before. A module that fails is said by
/// reports; Errored only when not a single one answers, or when one was not rebooted as told.
/// Where [modules] has a probe, that is all it asks.
TaskExit status_check(const TaskContext& context) {
  if (context.probe) {
    return ask_all(context);
  }
  const bool as_told = !flag_argument(context, "reboot") || reboot_all(context);
  const auto exit = for_each_module(
      context, Together::AllModules, [&context](const TaskModule& module, DetectorModule& session) {
        check_module(context, module, session);
      });
  return as_told ? exit : TaskExit::Errored;
}

}  // namespace

BuiltinTask status_check_task() {
  TaskInfo info;
  info.name = "status_check";
  info.summary =
      "all modules at once: FPGA image (repaired when it is another), temperature, high voltage";
  info.recovery = Recovery::Rerun;
  info.needs_modules = true;
  info.parameters = {parameter("reboot",
                               ParameterType::Boolean,
                               "false",
                               "true: first high voltage down, all modules off and on again"),
                     field_hub_parameter(),
                     boot_parameter()};
  info.parameters[1].help += "; none: the modules' own word";
  info.measurements = {{.name = "fpga_version", .min = {}, .max = {}, .unit = {}},
                       {.name = "temperature", .min = {}, .max = {}, .unit = "degC"},
                       {.name = "hv0", .min = {}, .max = {}, .unit = "V"},
                       {.name = "hv1", .min = {}, .max = {}, .unit = "V"}};
  info.estimate = std::chrono::seconds{5};
  return {info, status_check};
}

}  // namespace fat
