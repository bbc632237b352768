// A run's small files and the journal -> one verified archive in a backup target.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "fat/model/station.hpp"

namespace fat {

struct SnapshotRequest {
  std::filesystem::path run_file;  ///< run JSON, absolute, named run_NNNNN.json
  std::filesystem::path journal;   ///< STATE/fatmaster.db; may not exist yet
  std::filesystem::path station;   ///< where steps start; empty: where this program runs
};

struct SnapshotResult {
  bool written = false;               ///< false: nothing changed since the newest snapshot there
  std::string archive;                ///< the newest snapshot now, as people are told where it is
  std::uint64_t bytes = 0;            ///< its size
  std::size_t files = 0;              ///< it holds, without the manifest
  std::size_t removed = 0;            ///< older snapshots removed by the target's `keep`
  std::vector<std::string> warnings;  ///< for people; the snapshot is good nevertheless
  std::vector<std::string> known;     ///< warnings that came with an earlier snapshot already
};

/// Nothing was written, or what was written could not be verified; `what()` is a sentence for
/// people. What the target held before is untouched.
class SnapshotError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Implementations: `TarSnapshots` (store), `RecordingSnapshots` (tests/fakes).
class Snapshots {
 public:
  virtual ~Snapshots() = default;

  /// Blocks for as long as the target's file system does (a dead mount: for ever): to be called in
  /// a process that may be killed, which leaves at most a temporary file. Writes nothing when
  /// nothing changed. Throws SnapshotError.
  virtual SnapshotResult make(const BackupTarget& target, const SnapshotRequest& request) = 0;
};

}  // namespace fat
