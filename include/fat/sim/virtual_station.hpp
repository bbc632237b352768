// Number of modules and seed -> iceboot servers and the bench's instruments, on 127.0.0.1.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fat/model/device_info.hpp"
#include "fat/sim/fault_order.hpp"
#include "fat/sim/module_fault.hpp"
#include "fat/sim/module_identity.hpp"

namespace fat {

/// What is broken on the bench from the start.
struct BenchFaults {
  std::vector<int> jammed_wheels;    ///< 0, 1
  std::vector<int> silent_channels;  ///< of the thermometer, 1..4
  bool chiller_in_local = false;     ///< somebody pressed a key on its panel
};

struct VirtualStationOptions {
  int modules = 2;
  int port_base = 0;       ///< module n listens on port_base + n; 0: the kernel chooses
  std::vector<int> ports;  ///< by module number, instead of port_base; empty: port_base counts
  std::uint32_t seed = 1;
  double speed = 1;                             ///< of the physics (high voltage), not of the wire
  std::map<int, VirtualModuleOptions> special;  ///< by module number; the others are healthy
  bool instruments = true;  ///< generator, supply, wheels, thermometer, freezer, FieldHubs
  BenchFaults bench_faults;
  std::vector<TimedOrder> faults;  ///< by script; each is checked at the start
  /// What the wires show as time, from 0 on, from any thread; empty: the machine's. Where it jumps,
  /// who waits at a wire calls `look`.
  std::function<Microseconds()> time;
  std::filesystem::path terminals;  ///< folder for names of serial lines; empty: they have none
};

/// Each module serves one client at a time; further ones wait until it has left. Served by one
/// thread, the one in `serve`.
class VirtualStation {
 public:
  /// Opens the ports: clients may connect from now on. Throws std::system_error (port taken),
  /// std::invalid_argument.
  explicit VirtualStation(const VirtualStationOptions& options);
  ~VirtualStation();
  VirtualStation(const VirtualStation&) = delete;
  VirtualStation& operator=(const VirtualStation&) = delete;

  /// Serves until the descriptor `stop` becomes readable. Throws std::system_error.
  void serve(int stop);

  /// For a client's end of a wire (TCP, terminal) on `VirtualStationOptions::time`: does what that
  /// client wants and what is due now, and waits for nothing. Returns when there will be more
  /// without further input, on that time; nullopt: never, or it is no wire of this station. From
  /// any thread, beside `serve`, which leaves such wires alone from then on.
  std::optional<Microseconds> look(int client);

  /// By module number; the port of a module that does not listen is one where nobody does.
  std::vector<int> ports() const;
  const std::vector<ModuleIdentity>& identities() const;
  /// As they would be declared in station.ini.
  std::vector<DeviceEntry> instruments() const;
  /// The port on which faults are ordered (src/sim/fault_desk.hpp).
  int control_port() const;
  /// From any thread; strikes the module's next lines.
  void inject(int module, const FaultScript& fault);
  /// The same for an instrument. Throws std::out_of_range.
  void inject(const std::string& instrument, const FaultScript& fault);
  /// From any thread: as a line on the control port. Returns what that answers.
  std::string obey(const std::string& order);

 private:
  class Server;
  std::unique_ptr<Server> server_;
};

}  // namespace fat
