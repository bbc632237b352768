// JSONs that are not whole, and earlier snapshots -> since when, which steps ran since, and how the
// good version comes back.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "store/snapshot_files.hpp"
#include "store/snapshot_place.hpp"

namespace fat::store {

struct DamageReport {
  std::vector<DamagedFile> files;  ///< for the new manifest
  std::vector<std::string> fresh;  ///< sentences: not so in the snapshot before
  std::vector<std::string> known;
};

/// Where to look for what was good.
struct EarlierSnapshots {
  SnapshotPlace& place;
  const std::vector<StoredArchive>& archives;  ///< newest first
  std::string target;                          ///< its name in station.ini
  std::filesystem::path journal;
};

DamageReport follow_damage(const std::vector<DamageSeen>& seen, const EarlierSnapshots& earlier);

/// Names of archives that hold the last good version of a file.
std::vector<std::string> last_good_archives(const Manifest& manifest);

}  // namespace fat::store
