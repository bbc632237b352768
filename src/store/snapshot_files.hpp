// A run JSON -> the small files that belong to the run, as they are at this moment.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "store/snapshot_manifest.hpp"

namespace fat::store {

struct CollectedFile {
  ManifestFile entry;
  std::string content;
};

struct CollectedFiles {
  std::vector<CollectedFile> files;  ///< by name
  std::vector<std::string> warnings;
};

/// run/run_NNNNN.json, everything small that lies directly in run_NNNNN/, and module JSONs that the
/// run JSON names elsewhere (modules/SERIAL.json). A JSON file that is torn is read again a few
/// times, then taken as it is, with a warning.
CollectedFiles collect_files(const std::filesystem::path& run_file);

/// false for what changes without the run changing: logs and reports.
bool tells_of_change(const std::string& name);

}  // namespace fat::store
