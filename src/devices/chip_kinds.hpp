// [device ...] of a chip on a bus of this computer -> its sensor.
#pragma once

#include <memory>

#include "fat/devices/link_timeouts.hpp"
#include "fat/model/device_info.hpp"
#include "fat/ports/clock.hpp"
#include "fat/ports/instrument.hpp"

namespace fat {

/// For the catalog of kinds.
DeviceCatalog chip_kinds();

/// REQUIRES: of one of these kinds. Throws DeviceError{Refused} for an address that is none.
std::unique_ptr<Instrument> open_chip(const DeviceEntry& device,
                                      const Clock& clock,
                                      const LinkLocks& locks);

}  // namespace fat
