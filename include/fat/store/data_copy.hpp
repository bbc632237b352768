// A folder with data -> a copy of it in a backup target, gone on with after any interruption.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "fat/model/station.hpp"

namespace fat {

/// Called about once a second with how far it is, 0 to 100; false interrupts the copy.
using CopyWatch = std::function<bool(int percent)>;

struct DataCopy {
  std::string to;      ///< where it is, for people
  bool whole = false;  ///< false: the watch interrupted it; the next call goes on from there
  /// Read back and not the same, by name within the folder: written to meanwhile, or damaged.
  std::vector<std::string> different;
};

/// Copies with rsync, at a low priority, into TARGET/`name`, then compares the checksum of
/// every file here and there. Nothing is ever removed there. Throws SnapshotError.
DataCopy copy_data(const BackupTarget& target,
                   const std::filesystem::path& folder,
                   const std::string& name,
                   const CopyWatch& watch);

}  // namespace fat
