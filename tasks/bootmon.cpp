// Modules of a run -> whether each comes back after its power was off, warm or after a cold night.
#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "arguments.hpp"
#include "data_files.hpp"
#include "module_json.hpp"
#include "module_restart.hpp"
#include "module_work.hpp"

namespace fat {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kWarmRounds = 2, kColdRounds = 3;  // reference 1e
constexpr Microseconds kWarmOff = std::chrono::seconds{1};
constexpr Microseconds kColdOff = std::chrono::hours{8};
constexpr double kMostColdRetries = 3, kMostWarmFailures = 2;  // goalposts, reference 1e

RestartWish wish_of(const TaskContext& context) {
  const auto& mode = text_argument(context, "mode");
  if (mode != "reboot" && mode != "coldboot") {
    throw std::runtime_error("mode is reboot or coldboot, not '" + mode + "'");
  }
  const bool cold = mode == "coldboot";
  const bool has_hub = text_argument(context, "field_hub") != "none";
  if (cold && !has_hub) {
    throw std::runtime_error{"coldboot takes the power from whole wire pairs: it needs field_hub"};
  }
  const auto usual = cold ? kColdOff : kWarmOff;
  return {.cold = cold,
          .off = context.arguments.contains("off") ? duration_argument(context, "off") : usual,
          .boot = duration_argument(context, "boot"),
          .rounds = cold ? kColdRounds : kWarmRounds,
          .has_field_hub = has_hub};
}

/// How many restarts of this kind the module JSON knows that ended without the image.
int failures_in(const Json& module, const std::string& kind) {
  return static_cast<int>(std::ranges::count_if(module.items(), [&](const auto& entry) {
    return entry.key().starts_with(kind + "_") && entry.value().is_object() &&
           entry.value().value("fpgaSet", Json{}) == "False";
  }));
}

class Records {
 public:
  Records(const TaskContext& context, const RestartWish& wish)
      : context_(context),
        kind_(wish.cold ? "ColdBoot" : "RebootMonitoring"),
        cold_(wish.cold),
        files_(context, "bootmon") {}

  void keep(const TaskModule& module, const RestartResult& result) const {
    if (!result.restarted && result.fpga_version >= 0) {
      context_.reporter.report(VerdictReport{
          module.entry.serial, Verdict::Inconclusive, "was not restarted: " + result.why});
      return;
    }
    const int failures = write(module, result);
    value(module, "boot_rounds", result.rounds, {});
    if (cold_) {
      value(module, "cold_boot_retries", result.rounds - 1, {.max = kMostColdRetries});
    } else {
      value(module, "warm_reboot_failures", failures, {.max = kMostWarmFailures});
    }
    if (result.fpga_version >= 0) {
      const auto wanted = module.fpga_version;
      value(module,
            "fpga_version",
            result.fpga_version,
            wanted ? Limits{.min = *wanted, .max = *wanted} : Limits{});
    } else {
      context_.reporter.report(ModuleReport{module.entry.serial, "unresponsive", result.why});
    }
    if (!result.good) {
      if (result.fpga_version >= 0) {
        context_.reporter.report(VerdictReport{module.entry.serial, Verdict::Failed, result.why});
      }
      say(context_,
          fmt::format("{} did not come back in {} rounds: {}",
                      module.entry.serial,
                      result.rounds,
                      result.why),
          "critical");
    }
  }

 private:
  void value(const TaskModule& module, const char* name, double number, Limits limits) const {
    measured(context_,
             {.module = module.entry.serial,
              .channel = {},
              .name = name,
              .value = number,
              .unit = {},
              .limits = limits});
  }

  /// In the original's schema. Returns how many restarts of this kind have failed so far.
  int write(const TaskModule& module, const RestartResult& result) const {
    Json entry{{"Folder", files_.folder().string()},
               {"Comment", comment_argument(context_)},
               {"temperature", result.celsius},
               {"fpgaSet", result.good ? "True" : "False"},
               {"nAttemps", result.rounds}};
    if (cold_) {
      entry["coldBootRetry"] = result.rounds - 1;
      entry["coldBootStatus"] = result.good ? "Pass" : "Fail";
    }
    int failures = 0;
    change_module_json(module.file, [&](Json& json) {
      json[free_key(json, kind_)] = entry;
      failures = failures_in(json, kind_);
    });
    return failures;
  }

  const TaskContext& context_;
  std::string kind_;
  bool cold_;
  DataFiles files_;
};

/// A module that does not come back is said of; Errored when none does, or when one was not
/// restarted at all.
TaskExit bootmon(const TaskContext& context) {
  const auto wish = wish_of(context);
  const Records records{context, wish};
  const auto results = restart_modules(context, wish);
  for (std::size_t i = 0; i < results.size(); ++i) {
    records.keep(context.modules[i], results[i]);
  }
  const auto good = std::ranges::count(results, true, &RestartResult::good);
  say(context,
      fmt::format("{} of {} modules are back with their FPGA images", good, results.size()),
      good == std::ssize(results) ? "info" : "warning");
  return good > 0 && all_were_restarted(results) ? TaskExit::Done : TaskExit::Errored;
}

}  // namespace

BuiltinTask bootmon_task() {
  TaskInfo info;
  info.name = "bootmon";
  info.summary =
      "modules off and on again, after seconds or a cold night: who comes back, FPGA loaded";
  info.recovery = Recovery::Rerun;  // power and image are set, not changed
  info.needs_modules = true;
  info.parameters = {
      comment_parameter(),
      parameter("mode", ParameterType::Text, "reboot", "reboot, or coldboot: whole wire pairs off"),
      optional_parameter("off",
                         ParameterType::Duration,
                         "how long without power; 1 s for reboot, 8 h for coldboot"),
      field_hub_parameter(),
      boot_parameter()};
  info.parameters[3].help += "; none: the modules' own word, for reboot";
  info.measurements = {{.name = "boot_rounds", .min = {}, .max = {}, .unit = {}},
                       {.name = "fpga_version", .min = {}, .max = {}, .unit = {}}};
  info.estimate = std::chrono::minutes{3};
  return {info, bootmon};
}

}  // namespace fat
