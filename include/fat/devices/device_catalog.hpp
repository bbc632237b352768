// The kinds of devices that this program has drivers for, with their parameters.
#pragma once

#include "fat/model/device_info.hpp"

namespace fat {

/// A new driver gets its entry here; src/devices/README.md has the same list for people.
const DeviceCatalog& device_catalog();

}  // namespace fat
