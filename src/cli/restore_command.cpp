#include "cli/restore_command.hpp"

#include <fmt/format.h>

#include "cli/backup_targets.hpp"
#include "cli/child_environment.hpp"
#include "cli/exit_code.hpp"
#include "cli/print.hpp"
#include "cli/station_context.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/runner/system_clock.hpp"
#include "fat/store/snapshot_restore.hpp"
#include "fat/store/station_lock.hpp"

namespace fat {

namespace {

constexpr std::size_t kLongestShownName = 500;

bool is_archive_file(const std::string& text) {
  std::error_code none;
  return !text.empty() && std::filesystem::is_regular_file(text, none);
}

int list_for_restore(const Invocation& invocation, const Station& station) {
  bool good = true;
  for (const auto& target : chosen_targets(station, invocation.arguments.value("from"))) {
    std::string text = fmt::format("{} ({}):", target.name, shown_place(target));
    try {
      const auto list = list_snapshots(target, run_in(invocation.arguments.value("SNAPSHOT")));
      for (const auto& snapshot : list) {
        text += "\n" + snapshot_line(snapshot);
      }
      text += list.empty() ? " no snapshots" : "";
    } catch (const SnapshotError& error) {
      text += fmt::format(" CANNOT BE READ: {}", error.what());
      good = false;
    }
    print(text);
  }
  return good ? kExitDone : kExitModulesBad;
}

std::string changes_text(const RestorePlan& plan) {
  std::string text;
  for (const auto& file : plan.files) {
    const auto to = plain_text(file.to.string(), kLongestShownName);
    text += file.aside.empty()
                ? fmt::format("  new       {}\n", to)
                : fmt::format("  replaced  {}\n            kept as {}\n",
                              to,
                              plain_text(file.aside.filename().string(), kLongestShownName));
  }
  if (plan.same > 0) {
    text += fmt::format("  {} files stay as they are\n", plan.same);
  }
  for (const auto& note : plan.notes) {
    text += fmt::format("  note: {}\n", plain_text(note, 4 * kLongestShownName));
  }
  return text;
}

/// REQUIRES: the station's lock.
int put_back(const UnpackedSnapshot& snapshot, const Station& station, const Invocation& given) {
  if (finish_restore(station.state)) {
    print("a restore that was interrupted is complete now");
  }
  const SystemClock clock;
  const auto plan = snapshot.plan(station, given.arguments.value("only"), clock.now().wall);
  print(changes_text(plan));
  if (plan.files.empty()) {
    print("nothing to do: all of it is there already");
    return kExitDone;
  }
  if (plan.replaces() && !given.arguments.has("replace")) {
    throw CommandError{kExitRefused,
                       "nothing was changed. Type the same with --replace to do it; what is "
                       "replaced is kept beside it under the name shown"};
  }
  snapshot.put_back(plan, station);
  print("done; `fatmaster doctor` looks it over, `fatmaster resume` goes on with the run");
  return kExitDone;
}

int restore_into_station(const UnpackedSnapshot& snapshot,
                         const Station& station,
                         const Invocation& invocation) {
  try {
    const StationLock lock{
        station.state, this_process(0), std::chrono::seconds{2}, !station.group.empty()};
    return put_back(snapshot, station, invocation);
  } catch (const StationOwned& error) {
    throw CommandError{kExitOwned,
                       fmt::format("{}; a restore waits until nobody works on the station: stop "
                                   "the run, or unpack elsewhere with --to FOLDER",
                                   error.what())};
  } catch (const std::system_error& error) {
    throw CommandError{kExitFileWrong, error.what()};
  }
}

int unpacked(std::size_t files, const std::filesystem::path& folder) {
  print(fmt::format(
      "{} files in {}, each the same as when it was saved.\nNothing else was changed; copy what "
      "you need from there.",
      files,
      std::filesystem::absolute(folder).lexically_normal().string()));
  return kExitDone;
}

int restore_file(const std::string& archive, const Station& station, const Invocation& given) {
  if (given.arguments.has("to")) {
    const std::filesystem::path folder{given.arguments.value("to")};
    return unpacked(restore_snapshot(archive, folder), folder);
  }
  return restore_into_station(UnpackedSnapshot{archive}, station, given);
}

int restore(const Invocation& invocation) {
  const auto station = open_station(invocation).station;
  forget_secrets(station);  // ssh and rsync need none of them
  const auto& given = invocation.arguments;
  if (given.has("list")) {
    return list_for_restore(invocation, station);
  }
  const auto text = given.value("SNAPSHOT");
  if (is_archive_file(text)) {
    return restore_file(text, station, invocation);
  }
  const auto found = newest_snapshot(chosen_targets(station, given.value("from")), text);
  print(fmt::format("{}, of {}", found.snapshot.shown, to_local_text(made_at(found.snapshot))));
  if (given.has("to")) {
    const std::filesystem::path folder{given.value("to")};
    return unpacked(restore_snapshot(found.target, found.snapshot, folder), folder);
  }
  return restore_into_station(UnpackedSnapshot{found.target, found.snapshot}, station, invocation);
}

}  // namespace

Command restore_command() {
  return {
      .name = "restore",
      .summary = "bring back run JSON, module JSONs and the journal from a snapshot",
      .details =
          "Every file is compared with what was saved. Into the station: nobody may be working on "
          "it, it is\nsaid what would be replaced, and nothing is without --replace; what is "
          "replaced is kept beside it.\nWith --to nothing of the station is touched. "
          "Exit code 7 when --replace is missing.",
      .options = {{.name = "SNAPSHOT",
                   .value = {},
                   .help = "its name, an archive's path, or a run (default: the newest)"},
                  {.name = "--from",
                   .value = "TARGET",
                   .help = "of this [backup TARGET] (default: all)"},
                  {.name = "--to",
                   .value = "FOLDER",
                   .help = "unpack there instead; empty or not there yet"},
                  {.name = "--only", .value = "FILE", .help = "this one file of the snapshot"},
                  {.name = "--replace", .value = {}, .help = "replace what is there"},
                  {.name = "--list", .value = {}, .help = "list the snapshots there are"}},
      .function = restore};
}

}  // namespace fat
