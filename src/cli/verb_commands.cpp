#include "cli/verb_commands.hpp"

#include <chrono>

#include <fmt/format.h>

#include "cli/edit_commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/shift_commands.hpp"
#include "cli/station_context.hpp"
#include "cli/talk_to_run.hpp"
#include "cli/wait_for_prompt.hpp"
#include "fat/model/quantity.hpp"

namespace fat {

namespace {

Verb verb(const Invocation& invocation, const Station& station, VerbKind kind) {
  const auto& arguments = invocation.arguments;
  return {.kind = kind,
          .who = acting_person(invocation, station),
          .step = arguments.value("STEP"),
          .value = {},
          .reason = arguments.value("reason"),
          .prompt = 0,
          .then = AfterAbort::Pause,
          .cancel = arguments.has("cancel"),
          .edits = {}};
}

template <VerbKind kind>
int simple(const Invocation& invocation) {
  const auto station = open_station(invocation).station;
  return print_reply(say(station, verb(invocation, station, kind)));
}

template <VerbKind kind>
int about_module(const Invocation& invocation) {
  const auto station = open_station(invocation).station;
  auto said = verb(invocation, station, kind);
  said.value = invocation.arguments.value("MODULE");
  return print_reply(say(station, said));
}

int mark(const Invocation& invocation) {
  const auto station = open_station(invocation).station;
  auto said = verb(invocation, station, VerbKind::Mark);
  said.value = invocation.arguments.value("OUTCOME");
  return print_reply(say(station, said));
}

int lock(const Invocation& invocation) {
  const auto& arguments = invocation.arguments;
  const auto station = open_station(invocation).station;
  auto said = verb(invocation, station, VerbKind::Lock);
  said.value = arguments.value("note");
  said.take_over = arguments.has("take-over");
  if (arguments.has("for")) {
    const auto length = parse_duration(arguments.value("for"));
    if (!length || *length <= Microseconds{0}) {
      throw UsageError{fmt::format("fatmaster lock: --for is a duration such as 30min, not '{}'",
                                   arguments.value("for"))};
    }
    said.length = *length;
  }
  return print_reply(say(station, said));
}

int abort_step(const Invocation& invocation) {
  const auto station = open_station(invocation).station;
  auto said = verb(invocation, station, VerbKind::AbortStep);
  const auto word = invocation.arguments.has("then") ? invocation.arguments.value("then") : "pause";
  const auto then = parse_after_abort(word);
  if (!then) {
    throw UsageError{
        fmt::format("fatmaster abort-step: --then is retry, continue or pause, not '{}'", word)};
  }
  said.then = *then;
  return print_reply(say(station, said));
}

/// `answer VALUE` or `answer PROMPT VALUE`.
int answer(const Invocation& invocation) {
  const auto station = open_station(invocation).station;
  auto said = verb(invocation, station, VerbKind::Answer);
  auto words = invocation.arguments.values("VALUE");
  if (words.size() > 1) {
    const auto number = parse_integer(words.front());
    if (!number || *number < 1 || *number > 1'000'000'000 || words.size() > 2) {
      throw UsageError{
          "fatmaster answer: expected [PROMPT] VALUE, the prompt's number first; put a text of "
          "several words in quotes"};
    }
    said.prompt = static_cast<int>(*number);
  }
  said.value = words.back();
  if (invocation.arguments.has("wait")) {
    wait_for_prompt(station, std::chrono::seconds{60});
  }
  return print_reply(say(station, said));
}

OptionInfo reason(const char* help) {
  return {.name = "--reason", .value = "TEXT", .help = help};
}

OptionInfo step(bool required) {
  return {.name = "STEP", .value = {}, .help = "title or index of the step", .required = required};
}

std::vector<Command> course_commands() {
  const OptionInfo cancel{.name = "--cancel", .value = {}, .help = "take back one that is pending"};
  return {{.name = "pause",
           .summary = "pause after the running step",
           .details = {},
           .options = {reason("why; stands in the journal"), cancel},
           .function = simple<VerbKind::Pause>},
          {.name = "continue",
           .summary = "go on after a pause",
           .details = "After a failure the run goes on without the step that failed; `fatmaster "
                      "redo STEP` repeats it instead.",
           .options = {reason("why; stands in the journal")},
           .function = simple<VerbKind::Continue>},
          {.name = "stop",
           .summary = "stop after the running step, then the safe state",
           .details = {},
           .options = {reason("why; stands in the journal"), cancel},
           .function = simple<VerbKind::Stop>}};
}

std::vector<Command> step_verb_commands() {
  return {{.name = "skip",
           .summary = "leave a step out",
           .details = {},
           .options = {step(true), reason("why; needed")},
           .function = simple<VerbKind::Skip>},
          {.name = "redo",
           .summary = "run a step again that has ended",
           .details = {},
           .options = {step(true), reason("why; needed for an interrupted step")},
           .function = simple<VerbKind::Redo>},
          {.name = "mark",
           .summary = "say that a step is done or failed without running it",
           .details = {},
           .options = {step(true),
                       {.name = "OUTCOME", .value = {}, .help = "done or failed", .required = true},
                       reason("why; needed")},
           .function = mark}};
}

std::vector<Command> ending_commands() {
  return {{.name = "abort-step",
           .summary = "end the running step now",
           .details = "Its processes get TERM and after a grace KILL.",
           .options = {step(false),
                       {.name = "--then",
                        .value = "WHAT",
                        .help = "retry, continue or pause (default)"},
                       reason("why")},
           .function = abort_step},
          {.name = "abort",
           .summary = "end the running step and the run, then the safe state",
           .details = {},
           .options = {reason("why; stands in the journal")},
           .function = simple<VerbKind::Abort>},
          {.name = "halt",
           .summary = "kill the running step at once, then the safe state",
           .details = {},
           .options = {reason("why; stands in the journal")},
           .function = simple<VerbKind::Halt>}};
}

std::vector<Command> module_commands() {
  const OptionInfo module{
      .name = "MODULE", .value = {}, .help = "serial number of the module", .required = true};
  return {{.name = "quarantine",
           .summary = "leave a module out of the following steps",
           .details = "The running step is not disturbed. A module that a step reports as "
                      "unresponsive is put in quarantine by itself.",
           .options = {module, reason("why; needed")},
           .function = about_module<VerbKind::Quarantine>},
          {.name = "release",
           .summary = "take a module out of quarantine again",
           .details = "It takes part in the steps that start from then on; `fatmaster catch-up` "
                      "writes a schedule of those it has missed.",
           .options = {module, reason("why; stands in the journal")},
           .function = about_module<VerbKind::Release>}};
}

std::vector<Command> lock_commands() {
  return {{.name = "lock",
           .summary = "only you change the course of the run for a while",
           .details =
               "Others' verbs and edits are refused and name you and your note. It ends by itself. "
               "abort, halt, Ctrl-C at the run's\n"
               "terminal and the safe state are never barred. Said again it begins anew.",
           .options = {{.name = "--note",
                        .value = "TEXT",
                        .help = "what others are told: hands in the freezer"},
                       {.name = "--for",
                        .value = "TIME",
                        .help = "how long, such as 30min (default 1 h, at most 24 h)"},
                       {.name = "--take-over",
                        .value = {},
                        .help = "take it from whoever holds it; needs --reason"},
                       reason("why; needed to take over")},
           .function = lock},
          {.name = "unlock",
           .summary = "give the control back to everybody",
           .details = {},
           .options = {reason("why; stands in the journal")},
           .function = simple<VerbKind::Unlock>}};
}

Command answer_command() {
  return {.name = "answer",
          .summary = "answer a prompt",
          .details =
              "The prompt's number may be left out when one prompt is open. `fatmaster "
              "status` shows what is asked.",
          .options = {{.name = "VALUE",
                       .value = {},
                       .help = "[PROMPT] VALUE",
                       .required = true,
                       .repeated = true},
                      reason("why; some prompts need it"),
                      {.name = "--wait",
                       .value = {},
                       .help = "wait up to 60 s until a prompt is open"}},
          .function = answer};
}

}  // namespace

std::vector<Command> verb_commands() {
  std::vector<Command> all;
  for (const auto& group : {course_commands(),
                            step_verb_commands(),
                            edit_commands(),
                            ending_commands(),
                            module_commands(),
                            lock_commands(),
                            shift_commands()}) {
    all.insert(all.end(), group.begin(), group.end());
  }
  all.push_back(answer_command());
  return all;
}

}  // namespace fat
