#include "cli/edit_commands.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>
#include <sstream>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/child_environment.hpp"
#include "cli/edit_reader.hpp"
#include "cli/exit_code.hpp"
#include "cli/preflight.hpp"
#include "cli/print.hpp"
#include "cli/run_at_hand.hpp"
#include "cli/talk_to_run.hpp"
#include "fat/engine/drift.hpp"
#include "fat/runner/system_clock.hpp"

namespace fat {

namespace {

constexpr const char* kDetails =
    "Only steps that have not started: what runs or is done is never edited. All edits of one "
    "command are made together or\n"
    "not at all; each is checked as a schedule is, stands in the journal with who and why, and "
    "survives any crash. --dry-run\n"
    "shows what would change; `fatmaster edit --undo` takes the last edit back.";

std::string read_all(const std::string& name) {
  std::stringstream text;
  if (name == "-") {
    text << std::cin.rdbuf();
    return text.str();
  }
  const std::ifstream in{name, std::ios::binary};
  text << in.rdbuf();
  if (!in) {
    throw CommandError{kExitFileWrong, fmt::format("{} cannot be read", name)};
  }
  return text.str();
}

Verb edit_verb(const Invocation& invocation, const Station& station) {
  Verb verb;
  verb.kind = VerbKind::Edit;
  verb.who = acting_person(invocation, station);
  verb.reason = invocation.arguments.value("reason");
  return verb;
}

std::string differences(const Plan& before, const Plan& after) {
  constexpr std::array words{"changed", "new", "gone", "moved"};
  std::string text;
  for (const auto& drift : compare(before, after)) {
    const auto index = find_step(after.steps, drift.what);
    text += fmt::format("  {:<8} {}{}{}{}\n",
                        words.at(static_cast<std::size_t>(drift.kind)),
                        index ? fmt::format("[{}] ", *index) : "",
                        drift.what,
                        drift.text.empty() ? "" : ": ",
                        drift.text);
  }
  return text;
}

/// Sends the verb, or with --dry-run only asks what the run would say.
int carry_out(const Invocation& invocation, const RunAtHand& run, Verb verb, const Plan& after) {
  const auto text = differences(run.plan(), after);
  if (!invocation.arguments.has("dry-run")) {
    const int status = print_reply(say(run.station, std::move(verb)));
    if (status == kExitDone && !text.empty()) {
      print(text);
    }
    return status;
  }
  verb.who = fmt::format("{} (uid {})", verb.who, getuid());
  auto reply = run.known.campaign->request(verb, SystemClock{}.now());
  if (reply.accepted) {
    reply.text = text.empty() ? "nothing would change" : "this would change:\n" + text;
  }
  return print_reply(reply);
}

int send(const Invocation& invocation, const RunAtHand& run, const EditReader& reader) {
  auto problems = reader.problems();
  Plan fresh = run.plan();
  fresh.steps = reader.fresh();
  fresh.safe_state.clear();
  fresh.on_resume.clear();
  if (!has_errors(problems)) {
    const auto found = invocation.arguments.has("no-preflight")
                           ? preflight_left_out(fresh)
                           : preflight(fresh,
                                       {.station = run.station.folder,
                                        .environment = child_environment(run.station),
                                        .as_original = invocation.arguments.has("as-original")})
                                 .problems;
    problems.insert(problems.end(), found.begin(), found.end());
  }
  print_problems(problems);
  if (has_errors(problems)) {
    std::cerr << "nothing was changed\n";
    return kExitFileWrong;
  }
  auto verb = edit_verb(invocation, run.station);
  verb.edits = reader.edits();
  return carry_out(invocation, run, std::move(verb), reader.plan());
}

int one_edit(const Invocation& invocation, const char* command) {
  const auto file = open_station(invocation);
  const auto run = open_run(invocation);
  EditReader reader{run.plan(), run.known.campaign->state(), file};
  reader.take(command, invocation.arguments);
  return send(invocation, run, reader);
}

int insert(const Invocation& invocation) {
  return one_edit(invocation, "insert");
}

int move(const Invocation& invocation) {
  return one_edit(invocation, "move");
}

int drop(const Invocation& invocation) {
  return one_edit(invocation, "drop");
}

/// The plan before the newest edit that still stands is in the journal.
int undo(const Invocation& invocation) {
  const auto run = open_run(invocation);
  const auto& state = run.known.campaign->state();
  if (state.undoable.empty()) {
    throw CommandError{kExitRefused,
                       "there is no edit to take back since the schedule was read last"};
  }
  const auto [version, count] = state.undoable.back();
  const std::vector<PlanEdit> last{state.edits.end() - static_cast<std::ptrdiff_t>(count),
                                   state.edits.end()};
  auto before = run.journal->plan(run.known.run, version - 1);
  if (!before) {
    throw CommandError{kExitFileWrong,
                       fmt::format("the journal holds no version {} of the plan", version - 1)};
  }
  auto verb = edit_verb(invocation, run.station);
  verb.edits = inverse(std::move(*before), last);
  verb.undoes = version;
  auto after = replay(run.plan(), verb.edits).plan;
  return carry_out(invocation, run, std::move(verb), after);
}

int edit(const Invocation& invocation) {
  const auto& arguments = invocation.arguments;
  const bool batch = arguments.has("batch");
  const bool words = arguments.has("STEP") || arguments.has("unset");
  if (static_cast<int>(batch) + static_cast<int>(words) + static_cast<int>(arguments.has("undo")) !=
      1) {
    throw UsageError{
        "fatmaster edit: expected STEP and what to change, or --batch FILE, or --undo"};
  }
  if (arguments.has("undo")) {
    return undo(invocation);
  }
  if (!batch) {
    return one_edit(invocation, "edit");
  }
  const auto name = arguments.value("batch");
  const auto file = open_station(invocation);
  const auto text = read_all(name);
  const auto run = open_run(invocation);
  EditReader reader{run.plan(), run.known.campaign->state(), file};
  reader.take_batch(text, name == "-" ? "standard input" : name);
  return send(invocation, run, reader);
}

std::vector<OptionInfo> options_of(const char* command, std::vector<OptionInfo> more = {}) {
  auto options = edit_options(command);
  options.insert(options.end(), more.begin(), more.end());
  options.push_back({.name = "--reason", .value = "TEXT", .help = "why; stands in the journal"});
  options.push_back(
      {.name = "--dry-run", .value = {}, .help = "show what would change; change nothing"});
  if (std::string_view{command} == "insert" || std::string_view{command} == "edit") {
    options.push_back(
        {.name = "--no-preflight",
         .value = {},
         .help = "do not import the packages of Python steps to check their options"});
    options.push_back({.name = "--as-original",
                       .value = {},
                       .help = "pass options of Python steps by position, names unread"});
  }
  return options;
}

}  // namespace

std::vector<Command> edit_commands() {
  return {
      {.name = "insert",
       .summary = "put a new step into the running plan",
       .details = kDetails,
       .options = options_of("insert"),
       .function = insert},
      {.name = "move",
       .summary = "let a step come earlier or later",
       .details = kDetails,
       .options = options_of("move"),
       .function = move},
      {.name = "drop",
       .summary = "take steps out of the plan",
       .details = kDetails,
       .options = options_of("drop"),
       .function = drop},
      {.name = "edit",
       .summary = "change keys of a step, make many edits at once, or take the last one back",
       .details = std::string{kDetails} +
                  "\nA batch has one edit a line, as on the command line: drop scan_3   |   "
                  "move gain_1 front   |   edit scan_4 timeout='2 h'",
       .options = options_of(
           "edit",
           {{.name = "--batch",
             .value = "FILE",
             .help = "edits line by line, all or none; - reads them here"},
            {.name = "--undo", .value = {}, .help = "take back the last edit that still stands"}}),
       .function = edit}};
}

}  // namespace fat
