// The checks that take their time: programs are run, the journal is read from end to end.
#include <algorithm>

#include <fmt/format.h>

#include "cli/bounded_call.hpp"
#include "cli/program_files.hpp"
#include "cli/station_checks.hpp"
#include "cli/station_context.hpp"
#include "fat/store/snapshot_restore.hpp"
#include "fat/store/sqlite_journal.hpp"
#include "fat/store/station_lock.hpp"

namespace fat {

namespace {

constexpr std::chrono::seconds kProgramPatience{5};

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

/// Whether it is there at all.
bool is_installed(const char* program) {
  const auto result =
      run_within(kProgramPatience, {"sh", "-c", fmt::format("command -v {}", program)});
  return result.answered && result.status == 0;
}

Finding journal_finding(const std::filesystem::path& file) {
  try {
    const SqliteJournal journal{file, JournalMode::ReadOnly};
    journal.verify();
    const auto runs = journal.runs().size();
    return {.subject = "journal",
            .text = fmt::format(
                "whole: {} events of {} run{}", journal.last_id(), runs, runs == 1 ? "" : "s")};
  } catch (const JournalError& error) {
    return {.health = Health::Problem,
            .subject = "journal",
            .text = error.what(),
            .advice = error.fault() == JournalFault::TooNew
                          ? "use the newer fatmaster that wrote it"
                          : "keep a copy of the folder; `fatmaster restore` brings back a backup",
            .prevents_run = true};
  }
}

}  // namespace

Findings check_shim_runs() {
  const auto shim = program_files().shim;
  const auto result = run_within(kProgramPatience, {shim.string()});
  // Without options it says what it needs and ends; a wrong machine or a lost x bit cannot do that.
  if (result.answered && result.status != kNoSuchProgram && result.status < 126) {
    return {{.subject = "fat-step", .text = shim.string()}};
  }
  return {{.health = Health::Problem,
           .subject = "fat-step",
           .text = fmt::format("{} does not run", shim.string()),
           .advice = "install fatmaster again: no step can start",
           .prevents_run = true}};
}

Findings check_python() {
  const auto result = run_within(kProgramPatience, {"python3", "--version"});
  if (result.answered && result.status == 0) {
    return {{.subject = "python3", .text = first_line(result.text)}};
  }
  return {{.health = Health::Warning,
           .subject = "python3",
           .text = result.status == kNoSuchProgram ? "there is none" : "it does not answer",
           .advice = "needed by steps with `package`: apt install python3"}};
}

Findings check_journal(const Station& station) {
  const auto file = journal_file(station);
  if (is_restore_unfinished(station.state)) {
    return {{.health = Health::Warning,
             .subject = "journal",
             .text = "a restore was interrupted: the files are of two times",
             .advice = "`fatmaster resume`, `run` or `restore` completes it first"}};
  }
  if (!std::filesystem::exists(file)) {
    return {{.subject = "journal", .text = "none yet: no run has been started here"}};
  }
  return {journal_finding(file)};
}

Findings check_owner(const Station& station) {
  const auto owner = who_holds(station.state);
  if (!owner) {
    return {{.subject = "owner", .text = "nobody: the station is free"}};
  }
  return {{.subject = "owner",
           .text = fmt::format("process {} of {} on {} works on run {}",
                               owner->pid,
                               owner->user,
                               owner->host,
                               owner->run)}};
}

Findings check_terminal_keepers() {
  if (is_installed("screen") || is_installed("tmux")) {
    return {{.subject = "screen", .text = "screen or tmux is there"}};
  }
  return {{.health = Health::Warning,
           .subject = "screen",
           .text = "neither screen nor tmux: a lost ssh connection takes the live view with it",
           .advice = "apt install screen (the run itself goes on in any case)"}};
}

}  // namespace fat
