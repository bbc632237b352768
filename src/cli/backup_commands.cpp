#include "cli/backup_commands.hpp"

#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/backup_targets.hpp"
#include "cli/bounded_call.hpp"
#include "cli/child_environment.hpp"
#include "cli/data_backup.hpp"
#include "cli/exit_code.hpp"
#include "cli/print.hpp"
#include "cli/restore_command.hpp"
#include "cli/run_at_hand.hpp"
#include "fat/runner/system_clock.hpp"
#include "fat/store/tar_snapshots.hpp"

namespace fat {

namespace {

constexpr std::chrono::seconds kListPatience{30};

std::chrono::milliseconds patience_of(const BackupTarget& target) {
  return std::chrono::ceil<std::chrono::milliseconds>(target.timeout);
}

std::string told(const SnapshotResult& result) {
  std::string text;
  for (const auto& warning : result.warnings) {
    text += fmt::format("warning: {}\n", warning);
  }
  for (const auto& known : result.known) {
    text += fmt::format("still so: {}\n", known);
  }
  if (!result.written) {
    return text + fmt::format("nothing changed since {}", result.archive);
  }
  return text + fmt::format("{} files, {:.1f} KiB in {}",
                            result.files,
                            static_cast<double>(result.bytes) / 1024,
                            result.archive);
}

std::string listed(const BackupTarget& target, int run) {
  std::string text;
  for (const auto& snapshot : list_snapshots(target, run)) {
    text += "\n" + snapshot_line(snapshot);
  }
  return text.empty() ? "no snapshot of this run" : "newest first" + text;
}

std::string failure(const BackupTarget& target, const BoundedResult& result) {
  return result.answered
             ? result.text
             : shown_place(target) + " did not answer in time (a dead mount?); nothing lost";
}

/// Prints what became of one target. False when it failed.
bool print_result(const BackupTarget& target, const BoundedResult& result) {
  if (result.answered && result.status == 0) {
    print(fmt::format("{}: {}", target.name, result.text));
    return true;
  }
  std::cerr << fmt::format("{}: FAILED: {}\n", target.name, failure(target, result));
  return false;
}

int back_up_run(const Invocation& invocation) {
  auto run = open_run(invocation, invocation.arguments.value("SUBJECT"));
  const auto targets = chosen_targets(run.station, invocation.arguments.value("to"));
  const bool list = invocation.arguments.has("list");
  const SnapshotRequest request{.run_file = run.plan().run_file,
                                .journal = journal_file(run.station),
                                .station = run.station.folder};
  run.journal.reset();  // a connection must not be carried into another process
  const SystemClock clock;
  bool good = true;
  for (const auto& target : targets) {
    const auto result = call_within(list ? kListPatience : patience_of(target), [&] {
      return list ? listed(target, run.known.run) : told(TarSnapshots{clock}.make(target, request));
    });
    good = print_result(target, result) && good;
  }
  return good ? kExitDone : kExitModulesBad;
}

/// What `backup verify` found, target after target.
class Verification {
 public:
  explicit Verification(bool json) : json_(json) {}

  /// Those that are called `name`; empty: all.
  void look_at(const BackupTarget& target, const std::string& name);
  int finish() const;

 private:
  void add(const BackupTarget& target, const std::string& shown, const BoundedResult& result);

  bool json_;
  bool good_ = true;
  int looked_at_ = 0;
  nlohmann::json found_ = nlohmann::json::array();
};

void Verification::add(const BackupTarget& target,
                       const std::string& shown,
                       const BoundedResult& result) {
  const bool good = result.answered && result.status == 0;
  const auto text = good ? result.text + " files, all as they were saved" : failure(target, result);
  good_ = good_ && good;
  if (json_) {
    found_.push_back(
        {{"target", target.name}, {"snapshot", shown}, {"good", good}, {"text", text}});
  } else if (good) {
    print(fmt::format("good     {}: {}", shown, text));
  } else {
    std::cerr << fmt::format("DAMAGED  {}: {}\n", shown, text);
  }
}

void Verification::look_at(const BackupTarget& target, const std::string& name) {
  std::vector<SnapshotInfo> list;
  try {
    list = list_snapshots(target, run_in(name));
  } catch (const SnapshotError& error) {
    add(target,
        shown_place(target),
        {.answered = true, .status = kExitModulesBad, .text = error.what()});
    return;
  }
  for (const auto& snapshot : list) {
    if (name.empty() || is_called(snapshot, name) || name == std::to_string(snapshot.run)) {
      ++looked_at_;
      add(target, snapshot.shown, call_within(patience_of(target), [&] {
            return std::to_string(verify_snapshot(target, snapshot));
          }));
    }
  }
}

int Verification::finish() const {
  if (json_) {
    print(found_.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  }
  if (good_ && looked_at_ == 0) {
    throw CommandError{kExitFileWrong, "there is no such snapshot; `fatmaster restore --list`"};
  }
  return good_ ? kExitDone : kExitModulesBad;
}

int verify(const Invocation& invocation) {
  const auto station = open_station(invocation).station;
  forget_secrets(station);  // ssh and rsync need none of them
  const auto& given = invocation.arguments;
  Verification verification{given.has("json")};
  for (const auto& target : chosen_targets(station, given.value("TARGET"))) {
    verification.look_at(target, given.value("SNAPSHOT"));
  }
  return verification.finish();
}

int backup(const Invocation& invocation) {
  const auto subject = invocation.arguments.value("SUBJECT");
  if (subject == "data") {
    return back_up_data(invocation);
  }
  return subject == "verify" ? verify(invocation) : back_up_run(invocation);
}

}  // namespace

std::vector<Command> backup_commands() {
  return {
      {.name = "backup",
       .summary = "save run JSON, module JSONs and the journal now; verify what is saved",
       .details =
           "To every [backup ...] of station.ini; writes nothing when nothing changed.\n"
           "`backup verify [TARGET] [SNAPSHOT]` reads snapshots back and compares every file "
           "with its checksum.\n"
           "`backup data [RUN]` copies the run's folder and [paths] data with rsync, between "
           "steps; after any\ninterruption the same command goes on.\n"
           "Exit code 1 when a target failed or a snapshot is damaged.",
       .options = {{.name = "SUBJECT",
                    .value = {},
                    .help = "verify; data; or a run's number or JSON (default: the newest run)"},
                   {.name = "TARGET",
                    .value = {},
                    .help = "verify: only this [backup TARGET]; data: the run"},
                   {.name = "SNAPSHOT", .value = {}, .help = "verify: only this one, or a run"},
                   {.name = "--to", .value = "TARGET", .help = "only to this [backup TARGET]"},
                   {.name = "--list", .value = {}, .help = "list the snapshots of the run"},
                   {.name = "--beside-steps",
                    .value = {},
                    .help = "data: also while a step is at work"},
                   {.name = "--json", .value = {}, .help = "verify, data: for programs"}},
       .function = backup},
      restore_command()};
}

}  // namespace fat
