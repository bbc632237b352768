// What measurements share of the bench: the laser off or on, and how cold it is.
#include "bench_light.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "arguments.hpp"
#include "fat/ports/device_error.hpp"
#include "module_work.hpp"

namespace fat {
namespace {

constexpr const char* kNone = "none";

}  // namespace

ParameterInfo laser_parameter() {
  return parameter("generator",
                   ParameterType::Text,
                   "generator",
                   "the laser's [device ...] of station.ini; none where there is no laser");
}

void require_laser_off(const TaskContext& context) {
  const auto& name = text_argument(context, "generator");
  if (name != kNone) {
    instruments_of(context).generator(name)->set_output(false);  // it reads back, or throws
  }
}

void with_laser_on(const TaskContext& context,
                   double frequency,
                   const std::function<void()>& work) {
  const auto& name = text_argument(context, "generator");
  const auto generator = instruments_of(context).generator(name);
  const bool before = generator->output();
  generator->set_signal({.shape = SignalShape::Square, .frequency = frequency, .amplitude = 3});
  generator->set_output(true);
  try {
    work();
  } catch (const std::exception&) {
    generator->set_output(before);
    throw;
  }
  generator->set_output(before);
}

void add_thermometer_parameters(TaskInfo& info) {
  for (auto one :
       {parameter("thermometer",
                  ParameterType::Text,
                  "thermometer",
                  "[device ...] of station.ini; none: only the modules say how cold it is"),
        parameter("module_channel", ParameterType::Integer, "1", "its channel on a module"),
        parameter("box_channel", ParameterType::Integer, "2", "its channel in the box")}) {
    info.parameters.push_back(std::move(one));
  }
}

void BoxTemperatures::write(nlohmann::ordered_json& entry) const {
  if (module) {
    entry["DEggSurfaceTemp"] = *module;
  }
  if (box) {
    entry["BoxSurfaceTemp"] = *box;
  }
}

BoxTemperatures read_box(const TaskContext& context) {
  const auto& name = text_argument(context, "thermometer");
  if (name == kNone) {
    return {};
  }
  try {
    const auto readings = instruments_of(context).thermometer(name)->read();
    const auto channel = [&](const char* which) -> std::optional<double> {
      const auto number = integer_argument(context, which);
      const auto found = std::ranges::find(readings, number, &ThermometerReading::channel);
      return found == readings.end() ? std::nullopt : std::optional{found->celsius};
    };
    return {.module = channel("module_channel"), .box = channel("box_channel")};
  } catch (const DeviceError& error) {
    say(context,
        fmt::format("{}; the modules' own temperatures are used", error.what()),
        "warning");
    return {};
  }
}

}  // namespace fat
