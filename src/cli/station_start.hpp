// What a station process takes over when it begins: the bench's lock, what its interlocks knew, the
// signals by which it hears that it is to end.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/bench_files.hpp"
#include "cli/spokesman.hpp"
#include "fat/model/instant.hpp"
#include "fat/model/interlock_state.hpp"
#include "fat/model/station.hpp"
#include "fat/store/station_lock.hpp"

namespace fat {

/// `run`: beside which it lives; 0: none. Throws CommandError when another process reads this
/// bench.
StationLock lock_bench(const Station& station, const BenchFiles& files, int run);

/// Whoever looks for a guard, or is about to begin, learns that this one is none any more. A disk
/// that takes nothing is no reason not to end.
void say_that_it_ends(StationLock& lock, int run);

/// The run for whose time this process watches the bench. That a scheduler dies is not its end: the
/// next one may take over at once.
class RunBeside {
 public:
  /// `patience`: so long nobody may drive it.
  RunBeside(const Station& station, int run, Microseconds patience)
      : station_(station), run_(run), patience_(patience) {}

  int number() const { return run_; }

  /// Never for the run 0.
  bool is_over(const Instant& now);

 private:
  const Station& station_;
  int run_;
  Microseconds patience_;
  std::optional<Instant> driven_;  ///< seen last
};

/// What the interlocks knew when the last process ended.
StationState remembered(const Station& station, const BenchFiles& files, Spokesman& voice);

/// Those of the channels' instruments that can be switched.
std::vector<std::string> switchable_instruments(const Station& station);

/// What the interlocks with `action = set` would set.
std::vector<ActuatorSetting> settings_of_interlocks(const Station& station);

/// Programs that are sensors inherit no secret, so what stands in a variable is forgotten.
void say_which_sinks_are_lost(const Station& station, Spokesman& voice);

/// Ctrl-C and SIGTERM are for `wants_to_end`, SIGHUP for nobody: the screen died. Before there is a
/// thread.
void take_ending_signals();

/// True when a person or the system wants it to end; false after `pause`, up to a second.
bool wants_to_end(Microseconds pause);

}  // namespace fat
