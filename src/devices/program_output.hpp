// A program that prints a line and ends -> the line.
#pragma once

#include <string>
#include <vector>

#include "fat/devices/link_timeouts.hpp"
#include "fat/ports/clock.hpp"

namespace fat {

/// A program that is run for each reading, at most `first_byte` long.
struct SensorProgram {
  const Clock& clock;
  std::string device;  ///< in errors
  std::vector<std::string> words;
  LinkTimeouts timeouts;
};

/// All it printed, when it ended well. Throws DeviceError: could not be started, did not end in
/// time, ended with an exit status.
std::string run_sensor(const SensorProgram& program);

}  // namespace fat
