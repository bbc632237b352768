// A run's files and the journal -> TARGET/run_00012/run_00012_<UTC time>.tar.zst, here or on
// another host.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fat/ports/clock.hpp"
#include "fat/ports/snapshots.hpp"

namespace fat {

/// Archives with a manifest (SHA-256 of every file) inside, read back and compared before they get
/// their name.
class TarSnapshots : public Snapshots {
 public:
  explicit TarSnapshots(const Clock& clock) : clock_(clock) {}

  SnapshotResult make(const BackupTarget& target, const SnapshotRequest& request) override;

 private:
  const Clock& clock_;
};

struct SnapshotInfo {
  int run = 0;
  std::string name;   ///< run_00012_20261121T023344.123456Z.tar.zst
  std::string shown;  ///< where it is, for people
  std::uint64_t bytes = 0;
};

/// Of one run, or of all: run after run, each newest first. Throws SnapshotError when the target
/// cannot be read.
std::vector<SnapshotInfo> list_snapshots(const BackupTarget& target,
                                         std::optional<int> run = std::nullopt);

/// When it was made, by its name.
WallTime made_at(const SnapshotInfo& snapshot);

/// Reads the snapshot back and compares every file with the manifest. Returns the number of files;
/// throws SnapshotError naming what is damaged.
std::size_t verify_snapshot(const BackupTarget& target, const SnapshotInfo& snapshot);

/// Makes a file in the target and removes it again. Returns the free space there in bytes; throws
/// SnapshotError with what to do.
std::uint64_t try_target(const BackupTarget& target);

}  // namespace fat
