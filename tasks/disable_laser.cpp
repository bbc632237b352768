// The laser's generators, the wheels' lamps -> off, and they say so.
#include <algorithm>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

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

enum class Light { Off, On, Unknown };

/// Of the one it was asked for; false: it is on.
using LightWork = std::function<bool(const std::string& name)>;

/// Unknown is said as critical.
Light light_of(const TaskContext& context,
               const char* what,
               const std::string& name,
               const LightWork& work) {
  try {
    const bool off = work(name);
    say(context, fmt::format("{} of {} {}", what, name, off ? "is off" : "is ON"));
    return off ? Light::Off : Light::On;
  } catch (const DeviceError& error) {
    say(context, fmt::format("light may be on: {}", error.what()), "critical");
    return Light::Unknown;
  }
}

/// Every one is tried although others fail.
std::vector<Light> all_lights(const TaskContext& context,
                              const LightWork& of_generator,
                              const LightWork& of_wheel) {
  std::vector<Light> found;
  for (const auto& name : list_argument(context, "generators")) {
    found.push_back(light_of(context, "the output", name, of_generator));
  }
  for (const auto& name : list_argument(context, "wheels")) {
    found.push_back(light_of(context, "the light", name, of_wheel));
  }
  return found;
}

bool all_off(const std::vector<Light>& found) {
  return std::ranges::count(found, Light::Off) == std::ssize(found);
}

TaskExit disable_all_lights(const TaskContext& context) {
  const auto& instruments = instruments_of(context);
  const auto found = all_lights(
      context,
      [&](const std::string& name) {
        instruments.generator(name)->set_output(false);
        return true;
      },
      [&](const std::string& name) {
        instruments.filter_wheel(name)->darken();
        return true;
      });
  return all_off(found) ? TaskExit::Done : TaskExit::Errored;
}

/// Throws std::runtime_error when nobody can tell.
TaskExit verify_all_lights(const TaskContext& context) {
  const auto& instruments = instruments_of(context);
  const auto found = all_lights(
      context,
      [&](const std::string& name) { return !instruments.generator(name)->output(); },
      [&](const std::string& name) { return instruments.filter_wheel(name)->is_dark(); });
  if (std::ranges::find(found, Light::On) != found.end()) {
    return TaskExit::Errored;
  }
  if (!all_off(found)) {
    throw std::runtime_error{"nobody can tell of every light that it is off"};
  }
  return TaskExit::Done;
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
  return {info, disable_all_lights, verify_all_lights};
}

}  // namespace fat
