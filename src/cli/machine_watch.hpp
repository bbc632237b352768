// Readings in memory -> the states of a station's module power and chillers, and whether a setting
// may be made.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "fat/engine/channel_readings.hpp"
#include "fat/engine/machine_board.hpp"
#include "fat/model/station.hpp"
#include "fat/ports/clock.hpp"
#include "fat/runner/time_lapse.hpp"

namespace fat {

/// Any thread; waits for nothing.
class MachineWatch {
 public:
  /// `clock` outlives it.
  MachineWatch(const Station& station, const Clock& clock);

  bool has_any() const { return has_any_; }

  /// A channel's reading, by its place in station.ini.
  void take(std::size_t channel, const Reading& reading);

  /// Looks every 100 ms until `stop`, whether anything was read or not; in a lapse, by a thread
  /// with a part of it, every second.
  void run(const std::stop_token& stop,
           const std::function<void(const MachineNews&)>& tell,
           TimeLapse* lapse = nullptr);

  /// Once; `run` calls it.
  void look(const std::function<void(const MachineNews&)>& tell);

  MachinesState state() const;

  MachineGuard guard_of(const ActuatorSetting& setting) const;

  /// `MachineBoard::objection` and `wait_for_high`. A reading from before `not_before` counts for
  /// nothing.
  std::string objection(const ActuatorSetting& setting, const Instant& not_before) const;
  Microseconds wait_for_high(const ActuatorSetting& setting, const Instant& not_before = {}) const;

 private:
  /// REQUIRES: mutex_ is held as long as it is used.
  ReadingOf readings_since(const Instant& not_before, const Instant& now) const;

  const Clock& clock_;
  bool has_any_;
  std::map<std::string, std::size_t> places_;  ///< of the channels
  mutable std::mutex mutex_;
  ChannelReadings readings_;  // guarded by mutex_
  MachineBoard board_;        // guarded by mutex_
};

}  // namespace fat
