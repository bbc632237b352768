// The instruments of a station -> what channels can read of them, a round at a time.
#pragma once

#include "fat/devices/shared_wires.hpp"
#include "fat/model/device_info.hpp"
#include "fat/ports/instruments.hpp"
#include "fat/ports/quantity_source.hpp"

namespace fat {

/// What this device can be asked for; its driver says it, and opens nothing. Empty: nothing, or it
/// cannot be made of what station.ini says.
std::vector<QuantityInfo> quantities_of(const DeviceEntry& device);

/// Borrows the instruments. With `wires`, which they must be made with: what is set is read back
/// before another user of the wire says anything.
class DeviceQuantities : public QuantitySources {
 public:
  explicit DeviceQuantities(const Instruments& instruments, SharedWires* wires = nullptr)
      : instruments_(instruments), wires_(wires) {}

  std::unique_ptr<QuantitySource> open(const std::string& instrument) const override;

 private:
  const Instruments& instruments_;
  SharedWires* wires_;
};

}  // namespace fat
