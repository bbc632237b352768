// A freezer without an interface: a person sets it, a thermometer in it is watched.
#include "devices/manual_freezer.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "fat/ports/device_error.hpp"

namespace fat {

void ManualFreezer::set_target(double celsius) {
  if (!ask_ || !ask_(fmt::format(
                   "Set the freezer '{}' to {:.1f} degC on its panel. Done?", device_, celsius))) {
    throw DeviceError{DeviceFault::Refused, device_, "nobody has set it"};
  }
  target_ = celsius;
}

double ManualFreezer::temperature() {
  const auto readings = thermometer_->read();
  const auto found = std::ranges::find(readings, channel_, &ThermometerReading::channel);
  if (found == readings.end()) {
    throw DeviceError{DeviceFault::Timeout,
                      device_,
                      fmt::format("channel {} of its thermometer is silent", channel_)};
  }
  return found->celsius;
}

}  // namespace fat
