// What the process that reads a bench says of its interlocks -> two files in STATE, and back.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "fat/model/interlock_state.hpp"

namespace fat {

/// The memory that outlives the process and the power, and the newest state, for whoever looks.
struct StationStateFiles {
  std::filesystem::path memory;  ///< "interlocks.json"
  std::filesystem::path newest;  ///< "station_state.json"
};

/// Durable when it returns. Throws std::system_error. REQUIRES: one writer.
void write_interlock_memory(const StationStateFiles& files,
                            const StationState& state,
                            bool for_group);

struct InterlockMemoryRead {
  std::optional<StationState> state;  ///< nullopt: there is none yet, or it is damaged
  std::string damage;                 ///< a sentence; empty: none
};

/// Of a file that cannot be understood nobody knows what was tripped. It stays as it is. Never
/// throws.
InterlockMemoryRead read_interlock_memory(const StationStateFiles& files);

/// Atomic, not durable. Throws std::system_error. REQUIRES: one writer.
void publish_station_state(const StationStateFiles& files,
                           const StationState& state,
                           bool for_group);

/// nullopt when there is none, or it cannot be read. Never throws.
std::optional<StationState> newest_station_state(const StationStateFiles& files);

}  // namespace fat
