// A run's folder in a backup target <-> the archives in it, in order.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "fat/model/instant.hpp"

namespace fat::store {

/// TARGET/run_00012
std::filesystem::path snapshot_folder(const std::filesystem::path& target, int run);

/// run_00012_20261121T023344.123456Z.tar.zst
std::string snapshot_name(int run, WallTime made);

/// The moment in such a name; nullopt when it is not one of that run.
std::optional<WallTime> snapshot_time(int run, const std::string& name);

/// Archives of the run, newest first. Empty when the folder is absent; throws
/// std::filesystem::filesystem_error when it cannot be read.
std::vector<std::filesystem::path> snapshots_in(const std::filesystem::path& folder, int run);

}  // namespace fat::store
