// The laser's generators, the wheels' lamps -> off, and they say so.
#include <exception>

#include <fmt/format.h>

#include "arguments.hpp"
#include "builtin_task.hpp"
#include "fat/ports/device_error.hpp"
#include "module_work.hpp"

namespace fat {
namespace {

/// Throws DeviceError when nobody can say that it is off: what must be dark must not start then.
/// Absolute, so it may be repeated; part of a safe state.
TaskExit disable_laser(const TaskContext& context) {
  const auto& name = text_argument(context, "generator");
  instruments_of(context).generator(name)->set_output(false);  // it reads back, or throws
  say(context, fmt::format("the output of {} is off", name));
  return TaskExit::Done;
}

TaskExit verify_laser_off(const TaskContext& context) {
  const auto& name = text_argument(context, "generator");
  return instruments_of(context).generator(name)->output() ? TaskExit::Errored : TaskExit::Done;
}

/// False, and said as critical, when it cannot be done.
template <typename Action>
bool tried(const TaskContext& context, const std::string& done, const Action& action) {
  try {
    action();
    say(context, done);
    return true;
  } catch (const DeviceError& error) {
    say(context, fmt::format("light may be on: {}", error.what()), "critical");
    return false;
  }
}

/// Every one is tried although others fail; Errored when one did.
TaskExit disable_all_lights(const TaskContext& context) {
  const auto& instruments = instruments_of(context);
  bool all = true;
  for (const auto& name : list_argument(context, "generators")) {
    all = tried(context,
                fmt::format("the output of {} is off", name),
                [&] { instruments.generator(name)->set_output(false); }) &&
          all;
  }
  for (const auto& name : list_argument(context, "wheels")) {
    all = tried(context,
                fmt::format("the lights of {} are off", name),
                [&] { instruments.filter_wheel(name)->darken(); }) &&
          all;
  }
  return all ? TaskExit::Done : TaskExit::Errored;
}

}  // namespace

BuiltinTask disable_laser_task() {
  TaskInfo info;
  info.name = "disable_laser";
  info.summary = "switch the laser's generator off, read it back; fails when nobody can tell";
  info.recovery = Recovery::Rerun;
  info.reads_run_json = false;
  info.parameters = {
      parameter("generator", ParameterType::Text, "generator", "[device ...] of station.ini")};
  info.estimate = std::chrono::seconds{1};
  return {info, disable_laser, verify_laser_off};
}

BuiltinTask disable_all_lights_task() {
  TaskInfo info;
  info.name = "disable_all_lights";
  info.summary = "laser generators off, filter wheels' own lights off, all read back";
  info.recovery = Recovery::Rerun;
  info.reads_run_json = false;
  info.parameters = {
      parameter("generators",
                ParameterType::Text,
                "generator",
                "[device ...] of station.ini, separated by commas; none: there is none"),
      parameter("wheels", ParameterType::Text, "none", "filter wheels, likewise")};
  info.estimate = std::chrono::seconds{3};
  return {info, disable_all_lights};
}

}  // namespace fat
