// The instruments of a station -> what channels can read of them, a round at a time.
#pragma once

#include "fat/model/device_info.hpp"
#include "fat/ports/instruments.hpp"
#include "fat/ports/quantity_source.hpp"

namespace fat {

/// What this device can be asked for; its driver says it, and opens nothing. Empty: nothing, or it
/// cannot be made of what station.ini says.
std::vector<QuantityInfo> quantities_of(const DeviceEntry& device);

/// Borrows the instruments.
class DeviceQuantities : public QuantitySources {
 public:
  explicit DeviceQuantities(const Instruments& instruments) : instruments_(instruments) {}

  std::unique_ptr<QuantitySource> open(const std::string& instrument) const override;

 private:
  const Instruments& instruments_;
};

}  // namespace fat
