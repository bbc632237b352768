#include "cli/status_commands.hpp"

#include <iostream>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <unistd.h>

#include "cli/exit_code.hpp"
#include "cli/file_watch.hpp"
#include "cli/lease_client.hpp"
#include "cli/machines_seen.hpp"
#include "cli/print.hpp"
#include "cli/run_at_hand.hpp"
#include "cli/run_view.hpp"
#include "cli/service_guard.hpp"
#include "cli/station_api.hpp"
#include "cli/station_guard.hpp"
#include "cli/talk_to_run.hpp"
#include "fat/model/command_line.hpp"
#include "fat/people/status_text.hpp"
#include "fat/people/terminal_mode.hpp"
#include "fat/runner/system_clock.hpp"
#include "fat/store/station_lock.hpp"

namespace fat {

namespace {

const std::string kClearScreen = "\x1b[H\x1b[2J";

/// The page of the scheduler that works on `run`; nullopt when none does or it does not answer:
/// then the journal knows nearly as much.
std::optional<std::string> living_page(const RunAtHand& run, const std::string& path) {
  if (!run.driven) {
    return std::nullopt;
  }
  try {
    return page_of_scheduler(run.station, path);
  } catch (const std::runtime_error& error) {
    if (who_holds(run.station.state)) {  // else it ended this moment
      std::cerr << "fatmaster: " << error.what() << "; this is what the journal says\n";
    }
    return std::nullopt;
  }
}

std::string status_page(const RunAtHand& run, int width) {
  const auto now = SystemClock{}.now();
  const bool virtual_run = run.known.campaign->state().opening.virtual_station;
  const auto files = bench_files(run.station, virtual_run);
  const auto bench = interlock_lines(run.station, files, now, false) + lease_lines(files, now) +
                     service_lines(run.station, files, virtual_run, now) +
                     machine_lines(run.station, files);
  if (auto page = living_page(run, fmt::format("/v1/status.txt?width={}", width))) {
    return *page + bench;
  }
  return status_text(run.known.campaign->summary(now), now, width) + nobody_drives_it(run) + bench;
}

/// With what the bench shows, where station.ini declares one: as `GET /bench` says it.
std::string status_json(const RunAtHand& run) {
  const auto now = SystemClock{}.now();
  const auto page = living_page(run, "/v1/status");
  auto text = page ? *page : to_json_text(run.known.campaign->summary(now));
  const auto& station = run.station;
  auto json = station.channels.empty() && station.services.empty()
                  ? nlohmann::ordered_json{}
                  : nlohmann::ordered_json::parse(text, nullptr, false);
  if (!json.is_object()) {
    return text;
  }
  const bool is_virtual = run.known.campaign->state().opening.virtual_station;
  json["bench"] = nlohmann::ordered_json::parse(bench_json(station, is_virtual, now));
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

/// Returns when the run has an event that was not there when it was opened.
void wait_for_event(const RunAtHand& run) {
  const auto known = run.known.events.empty() ? 0 : run.known.events.back().id;
  const FileWatch changes{{run.station.state}};
  while (run.journal->events(run.known.run, known).empty()) {
    changes.wait(kJournalLag);
  }
}

/// Prints the page again whenever something has happened, on a terminal each second, until the run
/// has ended.
int watch_status(const Invocation& invocation) {
  const bool terminal = can_show_live_view(STDOUT_FILENO);
  while (true) {
    const auto run = open_run(invocation);
    print((terminal ? kClearScreen : "") + status_page(run, output_width()));
    if (is_ended(run.known.campaign->status()) || !std::cout) {
      return kExitDone;
    }
    if (terminal) {
      poll(nullptr, 0, 1000);
      continue;
    }
    wait_for_event(run);
    print("");
  }
}

/// For who asks often: a living scheduler answers without looking at its steps.
int status_since(const Invocation& invocation) {
  const auto mark = invocation.arguments.value("since");
  const auto plain = mark.find_first_not_of("0123456789.") == std::string::npos;
  const auto page = page_of_scheduler(open_station(invocation).station,
                                      "/v1/changes?since=" + (plain ? mark : ""));
  print(page ? *page : changes_json(open_run(invocation).known.campaign->state().counters, mark));
  return kExitDone;
}

int status(const Invocation& invocation) {
  const bool json = invocation.arguments.has("json");
  if (invocation.arguments.has("since")) {
    return status_since(invocation);
  }
  if (invocation.arguments.has("watch")) {
    if (json) {
      throw UsageError{"fatmaster status: --watch is for people, --json for programs; choose one"};
    }
    return watch_status(invocation);
  }
  const auto run = open_run(invocation);
  print(json ? status_json(run) : status_page(run, output_width()));
  return kExitDone;
}

/// What the journal says: that nobody drives the run, then why the run itself would not go on.
std::string why_page(const RunAtHand& run, int width) {
  const auto now = SystemClock{}.now();
  const auto summary = run.known.campaign->summary(now);
  const auto nobody = nobody_drives_it(run);
  const bool waits_for_people = !summary.prompts.empty() || summary.status == RunStatus::Paused;
  if (nobody.empty() || waits_for_people) {
    return nobody + why_text(summary, now, width);
  }
  return fmt::format("run {} does not go on.\n{}", summary.run, nobody);
}

int why(const Invocation& invocation) {
  const auto run = open_run(invocation);
  const auto named = invocation.arguments.value("STEP");
  const int width = output_width();
  if (named.empty()) {
    const auto page = living_page(run, fmt::format("/v1/why.txt?width={}", width));
    print(page ? *page : why_page(run, width));
    return kExitDone;
  }
  const auto place = step_named(run.plan(), named);
  if (place.list != StepList::Main) {
    throw UsageError{
        fmt::format("'{}' is not a step of the sequence; `fatmaster show {}` tells what it did",
                    named,
                    join_command({named}))};
  }
  const auto summary = run.known.campaign->summary(SystemClock{}.now());
  print(why_text(summary, summary.steps.at(place.index), width) + nobody_drives_it(run));
  return kExitDone;
}

int eta(const Invocation& invocation) {
  const auto run = open_run(invocation);
  const auto nobody = nobody_drives_it(run);
  const auto eta = run.known.campaign->summary(SystemClock{}.now()).eta.value_or(Eta{});
  std::istringstream lines{(nobody.empty() ? "" : "If the run went on now: ") + to_text(eta)};
  for (std::string line; std::getline(lines, line);) {
    print(line, output_width());
  }
  if (!nobody.empty()) {
    print(nobody);
  }
  return kExitDone;
}

}  // namespace

std::vector<Command> status_commands() {
  return {
      {.name = "status",
       .summary = "where the run stands: what runs, what comes, what it needs",
       .details = "Asks the scheduler when one is running, else the journal.",
       .options = {run_operand(),
                   {.name = "--json", .value = {}, .help = "for programs; stable and documented"},
                   {.name = "--since",
                    .value = "MARK",
                    .help = "only whether anything is new, as JSON; it says the next MARK"},
                   {.name = "--watch", .value = {}, .help = "again and again until the run ends"}},
       .function = status},
      {.name = "why",
       .summary = "why the run, or a step, does not go on, and what to type",
       .details = {},
       .options = {{.name = "STEP", .value = {}, .help = "title or index (default: the run)"},
                   run_operand()},
       .function = why},
      {.name = "eta",
       .summary = "when the run will end and when it will need a person",
       .details = "Learned from what the same steps took before on this station; in four cases of "
                  "five it lies in the "
                  "range. The time until people\n"
                  "answer is not counted, nor are failures.",
       .options = {run_operand()},
       .function = eta}};
}

}  // namespace fat
