// What a station process takes over when it begins: the bench's lock, what its interlocks knew.
#pragma once

#include <string>
#include <vector>

#include "cli/bench_files.hpp"
#include "cli/spokesman.hpp"
#include "fat/model/interlock_state.hpp"
#include "fat/model/station.hpp"
#include "fat/store/station_lock.hpp"

namespace fat {

/// Throws CommandError when another process reads this bench.
StationLock lock_bench(const Station& station, const BenchFiles& files);

/// What the interlocks knew when the last process ended.
StationState remembered(const Station& station, const BenchFiles& files, Spokesman& voice);

/// Those of the channels' instruments that can be switched.
std::vector<std::string> switchable_instruments(const Station& station);

}  // namespace fat
