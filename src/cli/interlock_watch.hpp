// Readings in memory -> the interlocks of a station, evaluated by a thread of its own.
#pragma once

#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "fat/engine/interlock.hpp"
#include "fat/engine/machine_board.hpp"
#include "fat/model/station.hpp"
#include "fat/ports/clock.hpp"
#include "fat/runner/time_lapse.hpp"

namespace fat {

/// Who does what the interlocks want. None of them may wait for an instrument, a run or a person.
struct InterlockHands {
  std::function<void(const InterlockOrder&)> carry_out;
  std::function<void(const StationState&)> store;    ///< before anything is carried out
  std::function<void(const StationState&)> publish;  ///< every now and then: a heartbeat, too
  std::function<void(const std::string&)> tell;      ///< that it cannot go on
};

class InterlockWatch {
 public:
  /// `memory`: what was stored last. Without one, all begin anew.
  InterlockWatch(const Station& station, const StationState& memory, const Clock& clock);

  /// A channel's reading, by its place in station.ini. Any thread; waits for nothing.
  void take(std::size_t channel, const Reading& reading);

  /// What a channel shows now: too old is stale. Any thread; waits for nothing.
  Reading reading(const std::string& channel) const;

  /// Evaluates every 50 ms until `stop`, whether anything was read or not. In a lapse, by a thread
  /// that has a part in it: every half of the shortest period, at the latest after 5 s.
  void run(const std::stop_token& stop, const InterlockHands& hands, TimeLapse* lapse = nullptr);

  /// Once; `run` calls it. For tests.
  void evaluate(const InterlockHands& hands);

  StationState state() const;

  /// A person's word. Any thread. "" when it was done, else why not. Counts from the next
  /// evaluation on, which stores it.
  std::string override_with(const std::string& name, InterlockOverride decision);
  std::string end_override(const std::string& name);
  std::string reset(const std::string& name);

  /// What bars a person from setting a channel to that: an interlock in force holds it at something
  /// else, or has brought the safe state, after which things are only switched off. "" when nothing
  /// does. Any thread.
  std::string objection_to(const std::string& channel, double value) const;

  /// AbortStep or SafeState was carried out. Any thread.
  void carried_out(const InterlockOrder& order);

 private:
  StationState state_at(const Instant& now) const;
  Microseconds lapsed_period() const;
  Interlock* find(const std::string& name, std::string& why_not);

  const Clock& clock_;
  mutable std::mutex mutex_;
  ChannelReadings readings_;           // guarded by mutex_
  MachineBoard machines_;              ///< asked how long a low voltage waits for the high one
  std::vector<Interlock> interlocks_;  // guarded by mutex_
  bool said_ = false;                  // guarded by mutex_; a person changed something
  Microseconds published_{0};          // of the evaluating thread
  bool fails_ = false;                 // of the evaluating thread
};

/// The memory of a station whose file is damaged: nobody knows what was tripped, so that all that
/// latch are latched.
StationState latched_for_want_of_memory(const Station& station, const std::string& damage);

}  // namespace fat
