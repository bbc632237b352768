#include "cli/log_entries.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/station_context.hpp"
#include "cli/talk_to_run.hpp"
#include "fat/model/quantity.hpp"
#include "fat/model/run_paths.hpp"
#include "fat/runner/system_clock.hpp"
#include "fat/store/check_book.hpp"
#include "fat/store/new_run.hpp"
#include "fat/store/station_lock.hpp"

namespace fat {

namespace {

bool has_journal(const Station& station) {
  return std::filesystem::exists(journal_file(station));
}

std::optional<int> number_of(const std::string& wanted) {
  if (const auto number = run_number_of(wanted)) {
    return number;
  }
  const auto number = parse_integer(wanted.starts_with("run_") ? wanted.substr(4) : wanted);
  return number && *number >= 0 && *number < 1'000'000 ? std::optional{static_cast<int>(*number)}
                                                       : std::nullopt;
}

std::string keep_for_its_start(const std::string& who,
                               const Station& station,
                               int run,
                               const Logged& entry) {
  CheckBook{station.state}.add(run,
                               {.check = entry.new_run ? kLogbookCheck : kLogCheck,
                                .good = true,
                                .by_person = true,
                                .who = who,
                                .at = SystemClock{}.now().wall,
                                .note = entry.text,
                                .attachments = entry.attachments});
  return fmt::format(
      "it stands in the logbook of run {}, and becomes part of its journal when the run begins",
      run);
}

}  // namespace

std::vector<LoggedRun> logged_runs(const Station& station) {
  std::vector<LoggedRun> runs;
  if (has_journal(station)) {
    for (const int number : open_journal_to_read(station)->runs()) {
      runs.push_back({.number = number, .begun = true});
    }
  }
  for (const int number : run_numbers(station.runs)) {
    if (std::ranges::find(runs, number, &LoggedRun::number) == runs.end()) {
      runs.push_back({.number = number, .begun = false});
    }
  }
  return runs;
}

LoggedRun choose_logged_run(const Station& station, const std::string& wanted) {
  const auto runs = logged_runs(station);
  if (runs.empty()) {
    throw CommandError{kExitFileWrong,
                       "no run has been made here; `fatmaster new-run -m COMMENT` makes one"};
  }
  auto number = number_of(wanted);
  if (!wanted.empty() && !number) {
    throw CommandError{kExitUsage, fmt::format("'{}' names no run", wanted)};
  }
  if (const auto owner = who_holds(station.state); !number && owner && owner->run != 0) {
    number = owner->run;
  }
  if (!number) {
    return *std::ranges::max_element(runs, {}, &LoggedRun::number);
  }
  const auto found = std::ranges::find(runs, *number, &LoggedRun::number);
  if (found == runs.end()) {
    throw CommandError{kExitUsage, fmt::format("there is no run {} here", *number)};
  }
  return *found;
}

std::string write_entry(const std::string& who,
                        const Station& station,
                        const LoggedRun& run,
                        const Logged& entry) {
  if (!run.begun) {
    return keep_for_its_start(who, station, run.number, entry);
  }
  const auto owner = who_holds(station.state);
  if (owner && owner->run != 0 && owner->run != run.number) {
    throw CommandError{kExitOwned,
                       fmt::format("run {} is being driven just now: write into its logbook and "
                                   "name run {}, or wait for its end",
                                   owner->run,
                                   run.number)};
  }
  Verb verb;
  verb.kind = VerbKind::Log;
  verb.who = who;
  verb.entry = entry;
  const auto reply = say_about(station, std::move(verb), run.number);
  if (!reply.accepted) {
    throw CommandError{kExitRefused, "refused: " + reply.text};
  }
  return reply.text;
}

std::vector<LogLine> lines_of_events(const Station& station,
                                     int run,
                                     const std::vector<StoredEvent>& events) {
  std::vector<LogLine> lines;
  std::vector<CheckRecord> journalled;
  for (const auto& stored : events) {
    if (const auto* opened = std::get_if<RunOpened>(&stored.event.body)) {
      journalled = opened->checks;
    }
    std::ranges::move(log_lines(stored.event), std::back_inserter(lines));
  }
  for (const auto& record : CheckBook{station.state}.of_run(run)) {
    if (std::ranges::find(journalled, record) == journalled.end()) {
      lines.push_back(log_line_of(record, run));
    }
  }
  std::ranges::stable_sort(lines, {}, &LogLine::at);
  return lines;
}

std::vector<LogLine> lines_of_run(const Station& station, const LoggedRun& run) {
  return lines_of_events(
      station,
      run.number,
      run.begun ? open_journal_to_read(station)->events(run.number) : std::vector<StoredEvent>{});
}

}  // namespace fat
