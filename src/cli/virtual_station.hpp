// A virtual station as a process of its own, started on demand.
#pragma once

#include <filesystem>

#include "fat/sim/station_address.hpp"

namespace fat {

/// The address of the virtual station of that state folder; starts one (detached: it outlives a
/// killed scheduler) when none lives. Throws CommandError when it does not come up.
StationAddress ensure_virtual_station(const std::filesystem::path& state_folder,
                                      int modules,
                                      std::uint32_t seed);

/// One that is ended with this object, if this object started it.
class VirtualStationProcess {
 public:
  VirtualStationProcess(std::filesystem::path state_folder, int modules, std::uint32_t seed);
  ~VirtualStationProcess();
  VirtualStationProcess(const VirtualStationProcess&) = delete;
  VirtualStationProcess& operator=(const VirtualStationProcess&) = delete;

  const StationAddress& address() const { return address_; }

 private:
  std::filesystem::path state_folder_;
  StationAddress address_;
};

}  // namespace fat
