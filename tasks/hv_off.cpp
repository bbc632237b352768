// All modules of a run, those in quarantine too -> no high voltage, as read back.
#include <atomic>
#include <cmath>
#include <functional>

#include <fmt/format.h>

#include "builtin_task.hpp"
#include "fat/ports/device_error.hpp"
#include "high_voltage.hpp"
#include "in_parallel.hpp"
#include "module_work.hpp"

namespace fat {
namespace {

using Check = std::function<bool(PmtHighVoltage&)>;

/// False when the PMT is not off, or nobody can tell; that is said.
bool holds(const TaskContext& context,
           const TaskModule& module,
           DetectorModule& session,
           int channel,
           const Check& check) {
  PmtHighVoltage high_voltage{context, module, session, channel};
  try {
    return check(high_voltage);
  } catch (const DeviceError& error) {
    say(context,
        fmt::format("{}: the high voltage may be on: {}", high_voltage.name(), error.what()),
        "critical");
    return false;
  }
}

bool holds_for_both(const TaskContext& context, const TaskModule& module, const Check& check) {
  try {
    const auto session = context.bench.open(module.entry);
    const bool lower = holds(context, module, *session, 0, check);
    const bool upper = holds(context, module, *session, 1, check);
    return lower && upper;
  } catch (const DeviceError& error) {
    say(context,
        fmt::format("{}{}: the high voltage may be on, the module does not answer: {}; switch its "
                    "wire pair off when that matters",
                    module.entry.serial,
                    module.quarantined ? " (in quarantine)" : "",
                    error.what()),
        "critical");
    // It has left the run because it does not answer: that is known and does not fail every stop.
    return module.quarantined;
  }
}

TaskExit for_all(const TaskContext& context, const char* done, const Check& check) {
  std::atomic<std::size_t> good{0};
  in_parallel(context.modules.size(), [&](std::size_t index) {
    good += holds_for_both(context, context.modules[index], check) ? 1 : 0;
  });
  say(context, fmt::format("{}: {} of {} modules", done, good.load(), context.modules.size()));
  return good == context.modules.size() ? TaskExit::Done : TaskExit::Errored;
}

/// Never stops at the first one that fails. Absolute, so it may be repeated; part of a safe state.
TaskExit hv_off(const TaskContext& context) {
  return for_all(context, "high voltage off", [](PmtHighVoltage& high_voltage) {
    high_voltage.switch_off();
    return true;
  });
}

TaskExit verify_hv_off(const TaskContext& context) {
  return for_all(context, "high voltage is off", [](PmtHighVoltage& high_voltage) {
    const auto state = high_voltage.state();
    return !state.on && std::abs(state.volts) <= kHvGone;
  });
}

}  // namespace

BuiltinTask hv_off_task() {
  TaskInfo info;
  info.name = "hv_off";
  info.summary = "high voltage of all modules to 0 and off, read back; fails when one may be on";
  info.recovery = Recovery::Rerun;
  info.needs_modules = true;
  info.quarantined_too = true;
  info.estimate = std::chrono::seconds{40};
  return {info, hv_off, verify_hv_off};
}

}  // namespace fat
