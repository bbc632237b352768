// What station.ini can declare as a device.
#include "fat/model/device_info.hpp"

#include <algorithm>

namespace fat {

const DeviceKind* find_device_kind(const DeviceCatalog& catalog, std::string_view name) {
  const auto found = std::ranges::find(catalog, name, &DeviceKind::name);
  return found == catalog.end() ? nullptr : &*found;
}

}  // namespace fat
