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

/// A JSON that is not whole: somebody destroyed it.
struct DamageSeen {
  std::string name;  ///< as in the archive
  std::filesystem::path file;
  std::string what;   ///< "is not complete JSON; ...", "is not there any more"
  bool gone = false;  ///< it may never have been there

  bool operator==(const DamageSeen&) const = default;
};

struct CollectedFiles {
  std::vector<CollectedFile> files;  ///< by name
  std::vector<DamageSeen> damaged;
  std::vector<std::string> warnings;
};

/// run/run_NNNNN.json, everything small that lies directly in run_NNNNN/, and module JSONs that the
/// run JSON names elsewhere (modules/SERIAL.json). A JSON file that is torn is read again a few
/// times, then taken as it is and told as damaged, as is a module's that is gone.
/// Relative paths in the run JSON begin in `station`; empty: where this program runs.
CollectedFiles collect_files(const std::filesystem::path& run_file,
                             const std::filesystem::path& station = {});

/// false for what changes without the run changing: logs and reports.
bool tells_of_change(const std::string& name);

}  // namespace fat::store
