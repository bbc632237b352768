// What station.ini can declare as a device, and what it has declared.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fat/model/channel_entry.hpp"
#include "fat/model/link_address.hpp"
#include "fat/model/task_info.hpp"

namespace fat {

struct DeviceEntry;

/// What a device can be asked for, as station.ini declares it.
using TellQuantities = std::function<std::vector<QuantityInfo>(const DeviceEntry&)>;

/// A kind of device: what [device X] of that kind must and may say.
struct DeviceKind {
  std::string name;             ///< "rigol_dp900"
  std::string summary;          ///< one line
  std::vector<LinkKind> links;  ///< which links it has; empty: none, `link` is not allowed
  std::vector<ParameterInfo> parameters;
  /// Parameters that name another device -> the kinds it may be of.
  std::map<std::string, std::vector<std::string>> refers_to;
  TellQuantities quantities;  ///< for [channel ...]; empty: there is nothing to read
};

using DeviceCatalog = std::vector<DeviceKind>;

/// One [device NAME] of station.ini, checked against its kind.
struct DeviceEntry {
  std::string name;
  std::string kind;
  std::optional<LinkAddress> link;
  std::map<std::string, std::string> parameters;  ///< as written

  bool operator==(const DeviceEntry&) const = default;
};

/// nullptr when there is no such kind. The pointer is into `catalog`.
const DeviceKind* find_device_kind(const DeviceCatalog& catalog, std::string_view name);

}  // namespace fat
