// What the process that reads a bench leaves for others -> its newest readings and its interlocks.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fat/model/channel_entry.hpp"
#include "fat/model/interlock_state.hpp"
#include "fat/model/lease.hpp"
#include "fat/model/reading.hpp"
#include "fat/model/service_state.hpp"
#include "fat/model/station.hpp"

namespace fat {

struct BenchSeen {
  bool lives = false;                       ///< that process
  std::map<std::string, Reading> readings;  ///< the newest of each channel, as they were stored
  std::optional<StationState> interlocks;   ///< nullopt: nobody evaluates them
  std::optional<ServicesState> services;    ///< nullopt: nobody supervises them
  std::vector<Lease> leases;                ///< in force
  bool is_virtual = false;
};

/// Throws JournalError when the readings cannot be read, and leaves the rest in `seen`.
void look_at_bench(const Station& station, const Instant& now, BenchSeen& seen);

/// A channel as it stands at `now`; stored readings come up to 2 s late.
Reading reading_of(const ChannelEntry& channel, const BenchSeen& seen, const Instant& now);

/// nullptr: nobody evaluates it.
const InterlockState* state_of(const std::string& interlock, const BenchSeen& seen);

}  // namespace fat
