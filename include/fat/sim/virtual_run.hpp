// A virtual station's addresses -> run JSON and module JSONs in the original's schema.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace fat {

struct VirtualRun {
  std::filesystem::path
      station_folder;  ///< paths in the run JSON are relative to it where they can be
  std::filesystem::path runs_folder;  ///< gets run/run_NNNNN.json and run_NNNNN/SERIAL.json
  int run = 1;
  std::string comment;  ///< "VIRTUAL" is put in front
  std::string date;     ///< "YYYY-MM-DD"
  std::uint32_t seed = 1;
  std::vector<int> ports;  ///< by module number
};

/// Returns the run JSON's path. Throws std::system_error when a file cannot be written, or exists
/// already: nothing is ever overwritten.
std::filesystem::path write_virtual_run(const VirtualRun& run);

}  // namespace fat
