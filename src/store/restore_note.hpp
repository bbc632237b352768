// What a restore has decided <-> STATE/fatmaster.restore, from which a crash goes on.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fat::store {

/// One file that is to change places.
struct Placing {
  std::filesystem::path from;   ///< complete and durable, in the folder of `to`
  std::filesystem::path to;     ///< where it belongs
  std::filesystem::path aside;  ///< where what lies there is kept
  /// What goes aside before it: the old journal's -wal and -shm.
  std::vector<std::pair<std::filesystem::path, std::filesystem::path>> before;
};

std::filesystem::path restore_note(const std::filesystem::path& state_folder);

/// Durable when it returns: from then on the restore happens.
void write_note(const std::filesystem::path& note, const std::vector<Placing>& placings);
/// Throws SnapshotError when it cannot be understood.
std::vector<Placing> read_note(const std::filesystem::path& note);

/// May be repeated, also after being interrupted anywhere.
void put_in_place(const Placing& placing);

}  // namespace fat::store
