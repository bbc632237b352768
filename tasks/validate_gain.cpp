// Module JSONs of a run -> every PMT has a high voltage for a gain of 1e7, or a person is asked.
#include <fmt/format.h>

#include "builtin_task.hpp"
#include "module_work.hpp"
#include "pmt_result.hpp"
#include "run_modules.hpp"

namespace fat {
namespace {

constexpr double kLowestValid = 1000, kHighestValid = 2000;  // V

std::string missing_in(const std::vector<TaskModule>& modules) {
  std::string all;
  for (const auto& module : modules) {
    for (const int channel : {0, 1}) {
      const auto volts = module.pmts.at(static_cast<std::size_t>(channel)).nominal_voltage;
      if (!volts || *volts < kLowestValid || *volts > kHighestValid) {
        all += fmt::format("{}{} {}{}",
                           all.empty() ? "" : ", ",
                           module.entry.serial,
                           channel_name(channel),
                           volts ? fmt::format(" ({:g} V)", *volts) : "");
      }
    }
  }
  return all;
}

void report(const TaskContext& context, const std::vector<TaskModule>& modules) {
  for (const auto& module : modules) {
    for (const int channel : {0, 1}) {
      const PmtResult pmt{context, module, channel};
      if (const auto volts = pmt.record().nominal_voltage) {
        pmt.measured("hv_for_1e7_gain", *volts, "V", {.min = kLowestValid, .max = kHighestValid});
      }
    }
  }
}

/// Asks as long as a person says that it goes on: the files are read again each time.
TaskExit validate_gain(const TaskContext& context) {
  auto modules = context.modules;
  for (auto missing = missing_in(modules); !missing.empty(); missing = missing_in(modules)) {
    say(context, "HV1e7Gain is missing or not between 1000 and 2000 V: " + missing, "warning");
    if (!context.ask(
            fmt::format("Paused for the gain analysis. HV1e7Gain is missing or not between "
                        "1000 and 2000 V: {}. Write it into the module JSONs, then yes",
                        missing))) {
      return TaskExit::Errored;
    }
    read_again(modules);
  }
  report(context, modules);
  return TaskExit::Done;
}

}  // namespace

BuiltinTask validate_gain_task() {
  TaskInfo info;
  info.name = "validate_gain";
  info.summary = "every PMT has a high voltage for a gain of 1e7 in its module JSON; else asks";
  info.recovery = Recovery::Rerun;
  info.needs_modules = true;
  info.measurements = {
      {.name = "hv_for_1e7_gain", .min = kLowestValid, .max = kHighestValid, .unit = "V"}};
  info.estimate = std::chrono::seconds{1};
  return {info, validate_gain};
}

}  // namespace fat
