// A station and the speed of its virtual bench -> the same station, read and guarded as hastily.
#pragma once

#include "cli/command.hpp"
#include "fat/model/station.hpp"

namespace fat {

/// How much faster than real time the bench is to be watched: --speed, and that of the virtual
/// bench that lives already. Starts one when none does. Throws UsageError, CommandError.
double speed_of_bench(const Invocation& invocation, const Station& station);

/// What the bench's physics is measured against goes by its time: periods, ages, how long a level
/// holds, how long something is silent or suspended. The wires do not run faster, so none of it
/// becomes shorter than what they, and a busy machine, need; orders and their confirmations, leases
/// and services stay as they are.
Station hasty_bench(Station station, double speed);

/// A period of the same bench.
Microseconds hastened(Microseconds period, double speed);

}  // namespace fat
