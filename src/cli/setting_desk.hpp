// Settings that people and programs ask for -> orders to the instruments' own threads, and what
// came of them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "cli/interlock_watch.hpp"
#include "cli/lease_desk.hpp"
#include "cli/machine_watch.hpp"
#include "fat/model/station.hpp"
#include "fat/runner/bench_reader.hpp"

namespace fat {

struct SettingRequest {
  std::string channel, who;
  double value = 0;
  LeaseClaim by;
  /// Called by the instrument's thread, or by whoever orders, when it is done, with why not; ""
  /// when it was set and read back. None: somebody asks for its fate.
  std::function<void(const std::string& failure)> tell;
};

/// What became of one order.
struct SettingFate {
  bool done = false;
  std::string failure;  ///< when it is done; empty: it was set and read back
  bool again = false;   ///< of a safe state: it has to wait for a high voltage; to be asked again
};

/// Any thread; waits for nothing.
class SettingDesk {
 public:
  /// Where orders go and who may object; what is borrowed outlives the desk.
  struct Parts {
    const Station& station;
    BenchReader& bench;
    const InterlockWatch& interlocks;
    const LeaseDesk& leases;
    const MachineWatch& machines;
    const Clock& clock;
    std::function<void(const std::string&)> say;
  };

  explicit SettingDesk(Parts parts) : parts_(std::move(parts)) {}

  /// The order's number, or 0 and why it is refused: it does not fit the channel, an interlock
  /// holds it at something else, somebody else holds the instrument, or something of the same
  /// module's power, or the same chiller, is just being set. That is asked once more when its turn
  /// comes; where a table of transitions guards it, its channels are read anew before.
  std::uint64_t order(const SettingRequest& request, std::string& refusal);

  /// nullopt: there is no such order, or it is long done.
  std::optional<SettingFate> fate(std::uint64_t order) const;

 private:
  /// An order that passes a table of transitions.
  struct Guarded {
    std::uint64_t number = 0;
    ActuatorSetting setting;
    MachineGuard guard;
    bool safe_state = false;  ///< it waits for nobody and keeps nobody waiting
    Instant asked;
    std::function<void(const std::string& failure)> tell;
  };

  /// A safe state that waits for a high voltage to go down.
  struct SafeWait {
    Instant since, last;
  };

  std::string first_refusal(const SettingRequest& request, const ChannelEntry& channel) const;
  std::string take_machines(const Guarded& guarded, const std::string& what);
  std::uint64_t open_fate();
  void close(const Guarded& guarded, const std::string& failure);
  void read_then_place(const Guarded& guarded, const BenchOrder& order);
  void place(const Guarded& guarded, const BenchOrder& order);
  std::string objection(const Guarded& guarded);
  bool has_waited(const Guarded& guarded, Microseconds longest);

  Parts parts_;
  mutable std::mutex mutex_;
  std::uint64_t newest_ = 0;                    // guarded by mutex_
  std::map<std::uint64_t, SettingFate> fates_;  // guarded by mutex_; of the newest orders
  std::map<std::string, std::string> busy_;     // guarded by mutex_; machine -> what is being set
  std::map<std::string, SafeWait> waits_;       // guarded by mutex_; by channel
};

}  // namespace fat
