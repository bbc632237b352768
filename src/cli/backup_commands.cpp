#include "cli/backup_commands.hpp"

#include <algorithm>
#include <iostream>

#include <fmt/format.h>

#include "cli/bounded_call.hpp"
#include "cli/exit_code.hpp"
#include "cli/print.hpp"
#include "cli/run_at_hand.hpp"
#include "fat/model/suggestion.hpp"
#include "fat/runner/system_clock.hpp"
#include "fat/store/tar_snapshots.hpp"

namespace fat {

namespace {

constexpr std::chrono::seconds kListPatience{10};

/// Those of station.ini, or the one that --target names.
std::vector<BackupTarget> chosen_targets(const Invocation& invocation, const Station& station) {
  if (station.backups.empty()) {
    throw CommandError{kExitFileWrong,
                       "station.ini names no [backup NAME] with a target folder: nothing to do"};
  }
  if (!invocation.arguments.has("target")) {
    return station.backups;
  }
  const auto name = invocation.arguments.value("target");
  std::vector<std::string> names;
  for (const auto& target : station.backups) {
    if (target.name == name) {
      return {target};
    }
    names.push_back(target.name);
  }
  throw UsageError{
      fmt::format("fatmaster backup: there is no [backup {}]{}", name, did_you_mean(name, names))};
}

std::string told(const SnapshotResult& result) {
  std::string text;
  for (const auto& warning : result.warnings) {
    text += fmt::format("warning: {}\n", warning);
  }
  if (!result.written) {
    return text + fmt::format("nothing changed since {}", result.archive.string());
  }
  return text + fmt::format("{} files, {:.1f} KiB in {}",
                            result.files,
                            static_cast<double>(result.bytes) / 1024,
                            result.archive.string());
}

std::string listed(const BackupTarget& target, int run) {
  std::string text;
  for (const auto& snapshot : list_snapshots(target.target, run)) {
    text += fmt::format("\n  {:>10.1f} KiB  {}",
                        static_cast<double>(snapshot.bytes) / 1024,
                        snapshot.archive.string());
  }
  return text.empty() ? "no snapshot of this run" : "newest first" + text;
}

/// Prints what became of one target. False when it failed.
bool print_result(const BackupTarget& target, const BoundedResult& result) {
  if (result.answered && result.status == 0) {
    print(fmt::format("{}: {}", target.name, result.text));
    return true;
  }
  std::cerr << fmt::format("{}: FAILED: {}\n",
                           target.name,
                           result.answered ? result.text
                                           : target.target.string() +
                                                 " did not answer in time (a "
                                                 "dead mount?); nothing lost");
  return false;
}

int backup(const Invocation& invocation) {
  auto run = open_run(invocation);
  const auto targets = chosen_targets(invocation, run.station);
  const bool list = invocation.arguments.has("list");
  const SnapshotRequest request{.run_file = run.plan().run_file,
                                .journal = journal_file(run.station)};
  run.journal.reset();  // a connection must not be carried into another process
  const SystemClock clock;
  bool good = true;
  for (const auto& target : targets) {
    const auto patience =
        list ? kListPatience : std::chrono::ceil<std::chrono::milliseconds>(target.timeout);
    const auto result = call_within(patience, [&] {
      return list ? listed(target, run.known.run) : told(TarSnapshots{clock}.make(target, request));
    });
    good = print_result(target, result) && good;
  }
  return good ? kExitDone : kExitModulesBad;
}

int restore(const Invocation& invocation) {
  const std::filesystem::path archive{invocation.arguments.value("ARCHIVE")};
  const std::filesystem::path folder{invocation.arguments.value("FOLDER")};
  try {
    const auto files = restore_snapshot(archive, folder);
    print(
        fmt::format("{} files in {}, each the same as when it was saved.\n"
                    "Nothing else was changed; copy what you need from there.",
                    files,
                    std::filesystem::absolute(folder).lexically_normal().string()));
    return kExitDone;
  } catch (const SnapshotError& error) {
    throw CommandError{kExitFileWrong, error.what()};
  }
}

}  // namespace

std::vector<Command> backup_commands() {
  return {
      {.name = "backup",
       .summary = "save run JSON, module JSONs and the journal now",
       .details = "To every [backup ...] of station.ini; writes nothing when nothing changed.\n"
                  "Exit code 1 when a target failed.",
       .options = {run_operand(),
                   {.name = "--target", .value = "NAME", .help = "only to this [backup NAME]"},
                   {.name = "--list", .value = {}, .help = "list the snapshots there are"}},
       .function = backup},
      {.name = "restore",
       .summary = "unpack a snapshot into a new folder and verify every file",
       .details = {},
       .options =
           {{.name = "ARCHIVE",
             .value = {},
             .help = "a .tar.zst of `backup --list`",
             .required = true},
            {.name = "FOLDER", .value = {}, .help = "empty or not there yet", .required = true}},
       .function = restore}};
}

}  // namespace fat
