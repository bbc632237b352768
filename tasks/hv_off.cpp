// All modules of a run, those in quarantine too -> no high voltage, as read back.
#include <algorithm>
#include <cmath>
#include <functional>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "builtin_task.hpp"
#include "fat/ports/device_error.hpp"
#include "high_voltage.hpp"
#include "in_parallel.hpp"
#include "module_work.hpp"

namespace fat {
namespace {

/// Of a module the worse of its two PMTs.
enum class Found { Off, Unknown, On, Silent };

/// Off or On.
using Check = std::function<Found(PmtHighVoltage&)>;

Found of_pmt(const TaskContext& context,
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
    return Found::Unknown;
  }
}

Found of_module(const TaskContext& context, const TaskModule& module, const Check& check) {
  try {
    const auto session = context.bench.open(module.entry);
    const auto lower = of_pmt(context, module, *session, 0, check);
    const auto upper = of_pmt(context, module, *session, 1, check);
    return std::max(lower, upper);
  } catch (const DeviceError& error) {
    say(context,
        fmt::format("{}{}: the high voltage may be on, the module does not answer: {}; switch its "
                    "wire pair off when that matters",
                    module.entry.serial,
                    module.quarantined ? " (in quarantine)" : "",
                    error.what()),
        "critical");
    return Found::Silent;
  }
}

/// All are asked, whatever is found. Says how many are off.
std::vector<Found> of_all(const TaskContext& context, const char* done, const Check& check) {
  std::vector<Found> found(context.modules.size(), Found::Unknown);
  in_parallel(found.size(), [&](std::size_t index) {
    found[index] = of_module(context, context.modules[index], check);
  });
  say(context,
      fmt::format(
          "{}: {} of {} modules", done, std::ranges::count(found, Found::Off), found.size()));
  return found;
}

/// Never stops at the first one that fails. Absolute, so it may be repeated; part of a safe state.
/// A module that has left the run because it is silent does not fail every stop of that run; a safe
/// state has no such modules: it is told of all.
TaskExit hv_off(const TaskContext& context) {
  const auto found = of_all(context, "high voltage off", [](PmtHighVoltage& high_voltage) {
    high_voltage.switch_off();
    return Found::Off;
  });
  for (std::size_t i = 0; i < found.size(); ++i) {
    const bool known = found[i] == Found::Silent && context.modules[i].quarantined;
    if (found[i] != Found::Off && !known) {
      return TaskExit::Errored;
    }
  }
  return TaskExit::Done;
}

/// Throws std::runtime_error when nobody can tell.
TaskExit verify_hv_off(const TaskContext& context) {
  const auto found = of_all(context, "high voltage is off", [](PmtHighVoltage& high_voltage) {
    const auto state = high_voltage.state();
    return !state.on && std::abs(state.volts) <= kHvGone ? Found::Off : Found::On;
  });
  if (std::ranges::find(found, Found::On) != found.end()) {
    return TaskExit::Errored;
  }
  if (std::ranges::count(found, Found::Off) != std::ssize(found)) {
    throw std::runtime_error{"nobody can tell of every module that its high voltage is off"};
  }
  return TaskExit::Done;
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
