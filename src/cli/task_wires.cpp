#include "cli/task_wires.hpp"

#include <algorithm>
#include <chrono>

#include "cli/lease_client.hpp"

namespace fat {

namespace {

constexpr Microseconds kStationReturns = std::chrono::seconds{30};  // a service manager starts it
constexpr Microseconds kSafeStateWaits = std::chrono::seconds{3};

}  // namespace

bool is_kept_by_station_process(const Station& station, const std::string& device) {
  return !station.channels.empty() &&
         std::ranges::find(station.devices, device, &DeviceEntry::name) != station.devices.end();
}

bool TaskWires::is_lent_to_us(const std::string& instrument) const {
  const auto fence = fence_given(instrument);
  if (fence == 0) {
    return false;
  }
  const auto told = told_leases(told_leases_text(files_).value_or(""));
  return std::ranges::any_of(told, [&](const ToldLease& lease) {
    return lease.instrument == instrument && lease.fence == fence && lease.use != LeaseUse::Orders;
  });
}

std::optional<StationWire> TaskWires::wire_of(const DeviceEntry& device) const {
  if (!is_kept_by_station_process(station_, device.name) || !device.link ||
      is_lent_to_us(device.name)) {
    return std::nullopt;
  }
  const auto held = fences_.find(device.name);
  const auto given = fence_given(device.name);
  const bool safe_state = in_safe_state();
  return StationWire{.socket = files_.wires,
                     .claim = {.device = device.name,
                               .link = to_text(*device.link),
                               .who = who_(),
                               .uid = 0,
                               .fence = given == 0 && held != fences_.end() ? held->second : given,
                               .safe_state = safe_state},
                     .returns_within = safe_state ? kSafeStateWaits : kStationReturns};
}

}  // namespace fat
