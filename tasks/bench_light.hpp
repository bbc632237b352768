// What measurements share of the bench: the laser off or on, and how cold it is.
#pragma once

#include <functional>
#include <optional>

#include <nlohmann/json_fwd.hpp>

#include "builtin_task.hpp"

namespace fat {

/// The parameter `generator` of tasks that need darkness.
ParameterInfo laser_parameter();

/// The laser's generator is off and says so; `generator = none` when the station has no laser.
/// Throws DeviceError when nobody can tell: then nothing dark may be measured.
void require_laser_off(const TaskContext& context);

/// Drives the laser as the reference does (square, 3 Vpp) at `frequency` while `work` runs, and
/// leaves the generator's output as it was, on every way out. Throws DeviceError.
void with_laser_on(const TaskContext& context, double frequency, const std::function<void()>& work);

/// The parameters that say which channels of which thermometer are at the modules and in the box.
void add_thermometer_parameters(TaskInfo& info);

struct BoxTemperatures {
  std::optional<double> module, box;  ///< degC; absent when that channel is silent

  /// Into an entry of a module JSON: DEggSurfaceTemp and BoxSurfaceTemp, of what is there.
  void write(nlohmann::ordered_json& entry) const;
};

/// Empty with `thermometer = none`. A thermometer that does not answer is a warning.
BoxTemperatures read_box(const TaskContext& context);

}  // namespace fat
