// A station -> the files of the process that reads its bench.
#pragma once

#include <filesystem>

#include "cli/command.hpp"
#include "fat/model/station.hpp"
#include "fat/store/station_state_file.hpp"

namespace fat {

/// What belongs to the process that reads the bench, or the virtual one: the two never mix.
struct BenchFiles {
  std::filesystem::path readings;  ///< `STATE/readings.db`
  const char* lock = "";           ///< in STATE; held as long as it lives
  StationStateFiles state;         ///< of its interlocks
  std::filesystem::path socket;    ///< on which it answers
  std::filesystem::path leases;    ///< who holds which instrument
  std::filesystem::path wires;     ///< the socket through which tasks use its wires
};

BenchFiles bench_files(const Invocation& invocation, const Station& station);

/// The same for whoever knows already whether it is the virtual bench.
BenchFiles bench_files(const Station& station, bool virtual_bench);

/// A copy beside it, for whoever looks into it later. Whether that works is no reason not to go on.
void keep_damaged(const std::filesystem::path& file);

}  // namespace fat
