// `fatmaster sim`: the virtual station alone, until it is told to end.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>

#include "fat/sim/virtual_station.hpp"

namespace fat {

struct SimOptions {
  VirtualStationOptions station;
  bool json = false;  ///< print the address file's content instead of lines for people
  std::optional<std::filesystem::path>
      state_folder;  ///< where it can be found again; nullopt: nowhere
};

/// Serves until SIGTERM or SIGINT and returns the exit code: 0 ended as told, 6 another one owns
/// that state folder. Prints its addresses to `out` once clients can connect. Blocks the two
/// signals in the calling thread. Throws std::system_error, std::invalid_argument.
int sim_main(const SimOptions& options, std::ostream& out, std::ostream& err);

}  // namespace fat
