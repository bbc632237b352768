// The run's files and the journal -> a snapshot in every backup target of the station.
#include <atomic>
#include <stdexcept>

#include <fmt/format.h>

#include "builtin_task.hpp"
#include "fat/ports/snapshots.hpp"
#include "in_parallel.hpp"

namespace fat {
namespace {

std::string told(const BackupTarget& target, const SnapshotResult& result) {
  return result.written
             ? fmt::format("backup {}: {} files, {} bytes in {}",
                           target.name,
                           result.files,
                           result.bytes,
                           result.archive)
             : fmt::format("backup {}: nothing has changed since {}", target.name, result.archive);
}

/// False when it failed.
bool back_up_to(const BackupTarget& target, const TaskContext& context) {
  try {
    const auto result = context.snapshots->make(
        target, {.run_file = context.run_file, .journal = context.journal, .station = {}});
    for (const auto& warning : result.warnings) {
      context.reporter.report(
          MessageReport{fmt::format("backup {}: {}", target.name, warning), "warning"});
    }
    for (const auto& known : result.known) {
      context.reporter.report(
          MessageReport{fmt::format("backup {}: still so: {}", target.name, known), "info"});
    }
    context.reporter.report(MessageReport{told(target, result), "info"});
    return true;
  } catch (const SnapshotError& error) {
    context.reporter.report(
        MessageReport{fmt::format("backup {} failed: {}", target.name, error.what()), "warning"});
    return false;
  }
}

/// All targets at the same time: one that hangs does not keep the others from theirs (the step's
/// timeout ends it). Skipped when there is no target, Errored when one failed.
TaskExit backup(const TaskContext& context) {
  if (context.backups.empty()) {
    context.reporter.report(MessageReport{"station.ini names no [backup ...] target", "info"});
    return TaskExit::Skipped;
  }
  if (context.snapshots == nullptr || context.run_file.empty()) {
    throw std::runtime_error{"a backup needs a run JSON; name one with --run"};
  }
  std::atomic<bool> all_good{true};
  in_parallel(context.backups.size(), [&](std::size_t index) {
    if (!back_up_to(context.backups[index], context)) {
      all_good = false;
    }
  });
  return all_good ? TaskExit::Done : TaskExit::Errored;
}

}  // namespace

BuiltinTask backup_task() {
  TaskInfo info;
  info.name = "backup";
  info.summary =
      "snapshot of run JSON, module JSONs and journal to every [backup ...] of station.ini";
  info.recovery = Recovery::Rerun;
  info.estimate = std::chrono::seconds{5};
  return {info, backup};
}

}  // namespace fat
