// A snapshot -> a new folder, or back into its station, where what it replaces is kept aside.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "fat/ports/snapshots.hpp"
#include "fat/store/tar_snapshots.hpp"

namespace fat {

namespace store {
class ScratchFolder;
struct Manifest;
}  // namespace store

/// One file of a snapshot that the station has not, or has otherwise.
struct RestoredFile {
  std::string name;             ///< in the archive: "run_00012/DEgg.json"
  std::filesystem::path to;     ///< its place in the station
  std::filesystem::path aside;  ///< where what lies there now is kept; empty: nothing lies there
};

struct RestorePlan {
  std::vector<RestoredFile> files;
  std::size_t same = 0;            ///< files that are as in the snapshot already
  std::vector<std::string> notes;  ///< for people: what is left out, what the journal loses

  /// True when something would be replaced.
  bool replaces() const;
};

/// A snapshot, brought here, compared with its manifest and unpacked where nobody else looks; gone
/// with this object. All functions throw SnapshotError.
class UnpackedSnapshot {
 public:
  UnpackedSnapshot(const BackupTarget& target, const SnapshotInfo& snapshot);
  explicit UnpackedSnapshot(const std::filesystem::path& archive);
  ~UnpackedSnapshot();
  UnpackedSnapshot(const UnpackedSnapshot&) = delete;
  UnpackedSnapshot& operator=(const UnpackedSnapshot&) = delete;

  /// What putting it back would do; changes nothing. `only`: this one file, by its name in the
  /// archive or the last part of it. An archive that holds what no snapshot does is refused.
  RestorePlan plan(const Station& station, const std::string& only, WallTime now) const;

  /// Does it. Durable, and whole or not at all: a crash leaves either the old files or a note from
  /// which finish_restore() goes on. REQUIRES: the station's lock.
  void put_back(const RestorePlan& plan, const Station& station) const;

 private:
  std::filesystem::path content() const;

  std::unique_ptr<store::ScratchFolder> scratch_;
  std::unique_ptr<store::Manifest> manifest_;
};

/// Ends what a restore that was killed began; false when there is nothing of the kind. To be called
/// by whoever takes the station's lock, before the journal is opened. Throws SnapshotError.
bool finish_restore(const std::filesystem::path& state_folder);
/// True between the moments when a restore is decided and when it is complete.
bool is_restore_unfinished(const std::filesystem::path& state_folder);

/// Unpacks into `folder`, which must be empty or absent, and compares every file with the manifest.
/// Throws SnapshotError; what was unpacked until then stays there for examination. Returns the
/// number of files.
std::size_t restore_snapshot(const std::filesystem::path& archive,
                             const std::filesystem::path& folder);
std::size_t restore_snapshot(const BackupTarget& target,
                             const SnapshotInfo& snapshot,
                             const std::filesystem::path& folder);

}  // namespace fat
