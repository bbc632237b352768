#include "cli/backup_targets.hpp"

#include <algorithm>
#include <iostream>

#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/exit_code.hpp"
#include "fat/model/quantity.hpp"
#include "fat/model/run_paths.hpp"
#include "fat/model/suggestion.hpp"

namespace fat {

namespace {

constexpr std::string_view kArchiveEnding = ".tar.zst";

bool is_later(const SnapshotInfo& one, const SnapshotInfo& other) {
  return made_at(one) != made_at(other) ? made_at(one) > made_at(other) : one.name > other.name;
}

/// Those of a target that `text` may mean.
std::vector<SnapshotInfo> meant(const BackupTarget& target, const std::string& text) {
  auto list = list_snapshots(target, run_in(text));
  if (!text.empty()) {
    std::erase_if(list, [&](const SnapshotInfo& one) {
      return !is_called(one, text) && text.find('_', text.find('_') + 1) != std::string::npos;
    });
  }
  return list;
}

void look_for_newer(const BackupTarget& target,
                    const std::string& text,
                    std::optional<FoundSnapshot>& newest) {
  try {
    for (auto& snapshot : meant(target, text)) {
      if (!newest || is_later(snapshot, newest->snapshot)) {
        newest = FoundSnapshot{.target = target, .snapshot = std::move(snapshot)};
      }
    }
  } catch (const SnapshotError& error) {
    std::cerr << fmt::format("{}: {}\n", target.name, error.what());
  }
}

}  // namespace

std::vector<BackupTarget> chosen_targets(const Station& station, const std::string& name) {
  if (station.backups.empty()) {
    throw CommandError{kExitFileWrong, "station.ini names no [backup NAME] target: nothing to do"};
  }
  if (name.empty()) {
    return station.backups;
  }
  std::vector<std::string> names;
  for (const auto& target : station.backups) {
    if (target.name == name) {
      return {target};
    }
    names.push_back(target.name);
  }
  throw UsageError{fmt::format("there is no [backup {}]{}", name, did_you_mean(name, names))};
}

std::optional<int> run_in(const std::string& text) {
  const auto number = parse_integer(text);
  if (number && *number >= 0 && *number < 1'000'000) {
    return static_cast<int>(*number);
  }
  const auto name = std::filesystem::path{text}.filename().string();
  const auto end = name.find_first_of("_.", name.find('_') + 1);
  return run_number_of(name.substr(0, end) + ".json");
}

bool is_called(const SnapshotInfo& snapshot, const std::string& text) {
  return snapshot.name == text || snapshot.name == text + std::string{kArchiveEnding};
}

FoundSnapshot newest_snapshot(const std::vector<BackupTarget>& targets, const std::string& text) {
  if (!text.empty() && !run_in(text)) {
    throw UsageError{fmt::format(
        "'{}' is neither a run nor a snapshot; `fatmaster restore --list` shows them", text)};
  }
  std::optional<FoundSnapshot> newest;
  for (const auto& target : targets) {
    look_for_newer(target, text, newest);
  }
  if (!newest) {
    throw CommandError{
        kExitFileWrong,
        fmt::format("no snapshot{} in {}; `fatmaster restore --list` shows what there is",
                    text.empty() ? "" : " '" + text + "'",
                    targets.size() == 1 ? targets.front().name : "any backup target")};
  }
  return *newest;
}

std::string snapshot_line(const SnapshotInfo& snapshot) {
  return fmt::format("  {}  {:>10.1f} KiB  {}",
                     to_local_text(made_at(snapshot)),
                     static_cast<double>(snapshot.bytes) / 1024,
                     snapshot.shown);
}

}  // namespace fat
