// The side of the virtual station that is found: holds the lock, writes the address file.
#pragma once

#include <filesystem>
#include <optional>

#include "fat/model/owned_fd.hpp"
#include "fat/sim/station_address.hpp"

namespace fat {

std::filesystem::path station_address_file(const std::filesystem::path& state_folder);
std::filesystem::path station_lock_file(const std::filesystem::path& state_folder);

/// Identity of this process; ports and seed are the caller's to fill in.
StationAddress own_address();

/// Takes the lock for as long as the descriptor lives. nullopt when another process holds it.
/// Throws std::system_error when the folder cannot be used.
std::optional<OwnedFd> lock_station(const std::filesystem::path& state_folder);

/// Writes the address file so that a reader sees all of it or none. Throws std::system_error.
void publish_station(const std::filesystem::path& state_folder, const StationAddress& address);

}  // namespace fat
