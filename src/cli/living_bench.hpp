// A bench while its process lives: its instruments' threads, the interlocks' thread, the sockets.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "cli/bench_files.hpp"
#include "cli/bench_instruments.hpp"
#include "cli/channel_watch.hpp"
#include "cli/interlock_files.hpp"
#include "cli/interlock_watch.hpp"
#include "cli/lease_desk.hpp"
#include "cli/machine_orders.hpp"
#include "cli/machine_watch.hpp"
#include "cli/mqtt_settings.hpp"
#include "cli/readings_keeper.hpp"
#include "cli/run_courier.hpp"
#include "cli/service_watch.hpp"
#include "cli/setting_desk.hpp"
#include "cli/spokesman.hpp"
#include "cli/station_lapse.hpp"
#include "cli/station_socket.hpp"
#include "cli/station_start.hpp"
#include "cli/telemetry_start.hpp"
#include "fat/devices/wire_server.hpp"

namespace fat {

/// A bench while its process lives: its instruments' threads, the interlocks' thread, the socket.
class LivingBench {
 public:
  /// What is borrowed must outlive it. `lapse`: nullptr: in real time. Forgets this process's
  /// secrets. Throws CommandError and what the files throw.
  LivingBench(const Invocation& invocation,
              const Station& station,
              const BenchFiles& files,
              const Clock& clock,
              StationLapse* lapse);

  void start();
  void live_until_told_to_end(Microseconds stored_every, RunBeside& run);
  /// To the end of the lapse, or until it is told to end.
  void live_through(TimeLapse& time);
  /// Whether every channel has a valid reading; says which has none.
  bool all_is_valid(const Instant& now);
  /// What the interlocks would set is set: nobody watches from now on. False: not all of it.
  bool leave_harmless();
  void end();

 private:
  std::unique_ptr<TimeLapse::Part> own_part() const {
    return lapse_ == nullptr ? nullptr : std::make_unique<TimeLapse::Part>(*lapse_);
  }

  ControlAnswer answer(const ControlRequest& request);
  void carry_out(const InterlockOrder& order);

  const Station& station_;
  const Clock& clock_;
  TimeLapse* lapse_;
  Spokesman voice_;
  ServiceWatch services_;  // made before secrets are forgotten
  ReadingsFile file_;
  WaitingReadings waiting_;
  ReadingsKeeper keeper_;
  SharedWires wires_;
  BenchInstruments instruments_;
  ChannelWatch watch_;
  InterlockWatch interlocks_;
  MachineWatch machines_;
  InterlockFiles interlock_files_;
  BenchReader reader_;
  LeaseDesk leases_;
  MachineOrders orders_;
  std::map<std::string, RunCourier> couriers_;
  SettingDesk settings_;
  StationSocket socket_;
  std::optional<WireServer> guests_;  // tasks; none on a time that jumps
  std::vector<std::unique_ptr<Telemetry>> telemetry_;
  std::vector<std::unique_ptr<MqttCommands>> commands_;
  std::jthread reading_, evaluating_, watching_machines_, supervising_;
};

}  // namespace fat
