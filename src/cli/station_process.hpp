// `fatmaster station`: the process that reads a bench all the time and keeps what it showed.
#pragma once

#include "cli/command.hpp"
#include "fat/model/station.hpp"

namespace fat {

/// What belongs to the process that reads the bench, or the virtual one: the two never mix.
struct BenchFiles {
  std::filesystem::path readings;  ///< `STATE/readings.db`
  const char* lock = "";           ///< in STATE; held as long as it lives
};

BenchFiles bench_files(const Invocation& invocation, const Station& station);

/// Reads and stores until SIGINT or SIGTERM. Throws CommandError when another one does already.
int run_station_process(const Invocation& invocation);

}  // namespace fat
