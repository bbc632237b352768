// A run's files and the journal -> TARGET/run_00012/run_00012_<UTC time>.tar.zst, and back.
#pragma once

#include <cstdint>
#include <filesystem>
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
  std::filesystem::path archive;
  std::uint64_t bytes = 0;
};

/// Newest first; empty when there are none. Throws SnapshotError when the target cannot be read.
std::vector<SnapshotInfo> list_snapshots(const std::filesystem::path& target, int run);

/// Unpacks into `folder`, which must be empty or absent, and compares every file with the manifest.
/// Throws SnapshotError; what was unpacked until then stays there for examination. Returns the
/// number of files.
std::size_t restore_snapshot(const std::filesystem::path& archive,
                             const std::filesystem::path& folder);

}  // namespace fat
