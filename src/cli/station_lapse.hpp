// A span and a script of faults -> a virtual bench of its own on a time that jumps: the span takes
// as long as the work in it.
#pragma once

#include <memory>
#include <vector>

#include "cli/command.hpp"
#include "fat/model/station.hpp"
#include "fat/ports/link_wait.hpp"
#include "fat/runner/time_lapse.hpp"
#include "fat/sim/station_thread.hpp"

namespace fat {

/// Links to the virtual bench: who waits for an answer lets the time jump.
class LapsedWires : public LinkWait {
 public:
  LapsedWires(TimeLapse& time, VirtualStation& bench) : time_(time), bench_(bench) {}

  bool wait_for(int descriptor, short events, Microseconds timeout) override;

 private:
  TimeLapse& time_;
  VirtualStation& bench_;
};

/// Of `fatmaster --virtual station --for SPAN [--faults FILE]`. Ends at the machine's now, so that
/// what it stored is the last SPAN's.
class StationLapse {
 public:
  /// Names of its serial lines stand in STATE/virtual_time. Throws UsageError (not --virtual, no
  /// duration), CommandError (the script), std::filesystem::filesystem_error.
  StationLapse(const Invocation& invocation, const Station& station, const Clock& machine);

  TimeLapse& time() { return time_; }

  LinkWait& wires() { return wires_; }

  /// The virtual ones in the place of those of station.ini.
  std::vector<DeviceEntry> devices(const Station& station) const;

 private:
  TimeLapse time_;
  std::unique_ptr<StationThread> bench_;
  LapsedWires wires_;
};

}  // namespace fat
