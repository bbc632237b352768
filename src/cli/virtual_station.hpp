// A virtual station as a process of its own, started on demand.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "fat/model/device_info.hpp"
#include "fat/ports/bench.hpp"
#include "fat/sim/station_address.hpp"

namespace fat {

/// A virtual station that is to be started.
struct VirtualStationSize {
  int modules = 1;
  std::uint32_t seed = 1;
  double speed = 1;  ///< of its time
};

/// The address of the virtual station of that state folder; starts one (detached: it outlives a
/// killed scheduler) when none lives. Throws CommandError when it does not come up.
StationAddress ensure_virtual_station(const std::filesystem::path& state_folder,
                                      const VirtualStationSize& size);

/// Of a virtual run's task: the one that lives. Throws CommandError when none does.
StationAddress require_virtual_station(const std::filesystem::path& state_folder);

/// The instruments that a task of a virtual run finds: the virtual station's under their own names,
/// and each that station.ini declares under its name too, with the wire of the virtual one of its
/// kind. No real wire is among them: what has no virtual counterpart is left out. A file stays the
/// file it is.
std::vector<DeviceEntry> virtual_devices(const StationAddress& address,
                                         const std::vector<DeviceEntry>& declared);

/// What the virtual station calls the instrument that stands for this one of station.ini; the name
/// itself where none does.
std::string name_on_virtual_bench(const StationAddress& address,
                                  const std::vector<DeviceEntry>& declared,
                                  const std::string& name);

/// The modules of a virtual station and no others: a run JSON of the real bench, taken by mistake,
/// reaches no hardware. Borrows `modules`.
class VirtualModules : public Bench {
 public:
  VirtualModules(const Bench& modules, StationAddress address)
      : modules_(modules), address_(std::move(address)) {}

  std::unique_ptr<DetectorModule> open(const ModuleEntry& module) const override;

 private:
  const Bench& modules_;
  StationAddress address_;
};

/// One that is ended with this object, if this object started it.
class VirtualStationProcess {
 public:
  VirtualStationProcess(std::filesystem::path state_folder, const VirtualStationSize& size);
  ~VirtualStationProcess();
  VirtualStationProcess(const VirtualStationProcess&) = delete;
  VirtualStationProcess& operator=(const VirtualStationProcess&) = delete;

  const StationAddress& address() const { return address_; }

 private:
  std::filesystem::path state_folder_;
  StationAddress address_;
};

}  // namespace fat
