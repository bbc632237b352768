// A bench's instruments -> harmless, and settings -> carried out, each high voltage before the low
// one under it.
#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "cli/machine_watch.hpp"
#include "fat/engine/interlock.hpp"
#include "fat/model/station.hpp"
#include "fat/runner/bench_reader.hpp"

namespace fat {

/// Orders that have these channels read at once, one for each instrument.
std::vector<BenchOrder> orders_to_read(const std::vector<ChannelEntry>& channels,
                                       const std::vector<std::string>& names);

/// So long a high voltage may hold up what follows it; zero: there is none.
Microseconds longest_ramp(const Station& station);

/// Borrows all it is given. Any thread; each call waits, but for `set_for`.
class MachineOrders {
 public:
  /// `clock` stamps the readings; how long is waited goes by the machine's.
  MachineOrders(const Station& station,
                BenchReader& bench,
                const MachineWatch& machines,
                const Clock& clock)
      : station_(station), bench_(bench), machines_(machines), clock_(clock) {}

  /// Every instrument's own harmless state: first what gives no low voltage, and each high voltage.
  /// When those read off, or `ramp_within` is over, the rest. Returns what did not succeed, each
  /// step within `patience`: one line each.
  std::vector<std::string> make_safe(const std::vector<std::string>& instruments,
                                     std::chrono::milliseconds patience,
                                     const std::stop_token& stop) const;

  /// The same with settings.
  std::vector<std::string> set_all(const std::vector<ActuatorSetting>& settings,
                                   std::chrono::milliseconds patience,
                                   const std::stop_token& stop = {}) const;

  /// What an interlock orders set, and what became of it. The caller does not wait; `say` is called
  /// by another thread as well.
  void set_for(const InterlockOrder& order, std::function<void(const std::string&)> say) const;

  /// An order to set a channel, before whatever is not urgent. REQUIRES: there is such a channel.
  BenchOrder urgent_order(const ActuatorSetting& setting) const;

 private:
  /// Low voltages that would go off under a high one.
  struct StillUp {
    Microseconds longest{0};  ///< that may be waited for; zero: none is up
    std::vector<std::string> lines;
  };

  StillUp look_for_voltage(const std::vector<ActuatorSetting>& low_off,
                           const std::stop_token& stop) const;
  std::vector<std::string> wait_until_down(const std::vector<ActuatorSetting>& low_off,
                                           const std::stop_token& stop) const;
  const std::string& instrument_of(const std::string& channel) const;

  const Station& station_;
  BenchReader& bench_;
  const MachineWatch& machines_;
  const Clock& clock_;
};

}  // namespace fat
