// A backup target -> its archives: listed, put there whole or not at all, brought back, removed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fat/model/station.hpp"
#include "store/snapshot_manifest.hpp"

namespace fat::store {

struct StoredArchive {
  int run = 0;
  std::string name;
  std::uint64_t bytes = 0;
};

/// Implementations: `FolderPlace`, `SshPlace`. All functions throw SnapshotError or
/// std::system_error; a target that is not there is refused, never made: it is a mount that is
/// gone.
class SnapshotPlace {
 public:
  virtual ~SnapshotPlace() = default;

  /// Of one run, or of all: run after run, each newest first. Empty when there are none.
  virtual std::vector<StoredArchive> list(std::optional<int> run) = 0;
  /// nullopt when the archive is not one of ours or damaged at its start.
  virtual std::optional<Manifest> manifest(const StoredArchive& archive) = 0;
  /// Stores the file under a name that is free: temporary name, sync, its SHA-256 compared with
  /// `sha256`, then the name.
  virtual void put(const StoredArchive& archive,
                   const std::filesystem::path& file,
                   const std::string& sha256) = 0;
  /// The archive as a file of this machine, which is gone with the place.
  virtual std::filesystem::path fetch(const StoredArchive& archive) = 0;
  /// Those that are there; returns how many went.
  virtual std::size_t remove(int run, const std::vector<std::string>& names) = 0;
  /// Makes a file there and removes it again; free bytes.
  virtual std::uint64_t try_out() = 0;
  /// For people: "/mnt/nas/run_00012/..." or "anna@nas:/backup/run_00012/...".
  virtual std::string shown(const StoredArchive& archive) const = 0;
};

/// `scratch`: a local folder that outlives the place.
std::unique_ptr<SnapshotPlace> open_place(const BackupTarget& target,
                                          const std::filesystem::path& scratch);

/// The number in "run_00012"; nullopt for any other name.
std::optional<int> run_of_folder(const std::string& name);

/// "the backup target nas (/mnt/nas) is not there; is it mounted?"
std::string not_there(const BackupTarget& target);

}  // namespace fat::store
