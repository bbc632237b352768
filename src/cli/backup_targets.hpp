// What a person types for a backup target or a snapshot -> those of the station.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "fat/model/station.hpp"
#include "fat/store/tar_snapshots.hpp"

namespace fat {

/// All of station.ini, or the one called `name`. Throws CommandError when there are none,
/// UsageError for a name that is none of them.
std::vector<BackupTarget> chosen_targets(const Station& station, const std::string& name);

/// A snapshot and the target it lies in.
struct FoundSnapshot {
  BackupTarget target;
  SnapshotInfo snapshot;
};

/// The newest that `text` means in one of the targets: a name with or without its ending, a run's
/// number; empty: any. A target that cannot be read is told on stderr. Throws CommandError when
/// there is none.
FoundSnapshot newest_snapshot(const std::vector<BackupTarget>& targets, const std::string& text);

/// True when the snapshot is called that.
bool is_called(const SnapshotInfo& snapshot, const std::string& text);

/// "12", "run_00012", "runs/run/run_00012.json", "run_00012_2026...": the run in it.
std::optional<int> run_in(const std::string& text);

/// One line for people: when it was made, size, name.
std::string snapshot_line(const SnapshotInfo& snapshot);

}  // namespace fat
