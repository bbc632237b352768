#include "cli/edit_commands.hpp"

#include <fstream>
#include <iostream>
#include <sstream>

#include <fmt/format.h>

#include "cli/edit_reader.hpp"
#include "cli/exit_code.hpp"
#include "cli/plan_change.hpp"
#include "cli/print.hpp"
#include "cli/run_at_hand.hpp"
#include "cli/talk_to_run.hpp"
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

std::string difference_text(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) {
    text += "  " + line + "\n";
  }
  return text;
}

/// Sends the verb, or with --dry-run only asks what the run would say.
int carry_out(const Invocation& invocation, const RunAtHand& run, PlanChange change) {
  const auto text = difference_text(differences(run.plan(), change.after));
  if (!invocation.arguments.has("dry-run")) {
    const int status = print_reply(say(run.station, std::move(change.verb)));
    if (status == kExitDone && !text.empty()) {
      print(text);
    }
    return status;
  }
  auto reply = try_out(run.known, std::move(change.verb), SystemClock{}.now());
  if (reply.accepted) {
    reply.text = text.empty() ? "nothing would change" : "this would change:\n" + text;
  }
  return print_reply(reply);
}

int send(const Invocation& invocation, const RunAtHand& run, const EditReader& reader) {
  const auto problems = problems_of_edits(reader,
                                          run.plan(),
                                          run.station,
                                          {.left_out = invocation.arguments.has("no-preflight"),
                                           .as_original = invocation.arguments.has("as-original")});
  print_problems(problems);
  if (has_errors(problems)) {
    std::cerr << "nothing was changed\n";
    return kExitFileWrong;
  }
  auto verb = edit_verb(invocation, run.station);
  verb.edits = reader.edits();
  return carry_out(invocation, run, {.verb = std::move(verb), .after = reader.plan()});
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

int undo(const Invocation& invocation) {
  const auto run = open_run(invocation);
  auto change = take_back_newest(edit_verb(invocation, run.station), run.known, *run.journal);
  return carry_out(invocation, run, std::move(change));
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
