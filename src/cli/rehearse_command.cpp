#include "cli/rehearse_command.hpp"

#include <filesystem>
#include <iostream>

#include <fmt/format.h>

#include "cli/executed_rehearsal.hpp"
#include "cli/exit_code.hpp"
#include "cli/print.hpp"
#include "cli/rehearsal_svg.hpp"
#include "cli/rehearsal_text.hpp"
#include "cli/run_at_hand.hpp"
#include "cli/station_context.hpp"
#include "cli/text_file.hpp"
#include "fat/model/local_time.hpp"
#include "fat/model/quantity.hpp"
#include "fat/plan/schedule_loader.hpp"
#include "fat/runner/system_clock.hpp"
#include "fat/tasks/catalog.hpp"

namespace fat {

namespace {

[[noreturn]] void refuse(const char* option, const std::string& text, const char* expected) {
  throw UsageError{fmt::format("fatmaster rehearse: {} '{}' is not {}", option, text, expected)};
}

Instant start_of(const Arguments& arguments) {
  auto start = SystemClock{}.now();
  if (const auto text = arguments.value("start"); !text.empty()) {
    const auto when = parse_local_time(text);
    if (!when) {
      refuse("--start", text, "a date and time such as '2026-11-21 08:30'");
    }
    start.wall = *when;
  }
  return start;
}

std::optional<QuietHours> quiet_hours_of(const Arguments& arguments, const Station& station) {
  const auto text = arguments.value("quiet-hours");
  if (text.empty()) {
    return parse_quiet_hours(station.quiet_hours);
  }
  const auto hours = parse_quiet_hours(text);
  if (!hours) {
    refuse("--quiet-hours", text, "a span such as '22:00-07:00'");
  }
  return hours;
}

std::vector<std::string> steps_of(const Arguments& arguments,
                                  const char* option,
                                  const Plan& plan) {
  std::vector<std::string> titles;
  for (const auto& text : arguments.values(option)) {
    titles.push_back(step_named(plan, text).step->title);
  }
  return titles;
}

RehearsalRequest request_of(const Arguments& arguments, const Plan& plan) {
  RehearsalRequest request;
  request.start = start_of(arguments);
  if (const auto text = arguments.value("answer-after"); !text.empty()) {
    const auto delay = parse_duration(text);
    if (!delay) {
      refuse("--answer-after", text, "a duration with its unit, such as '10 min'");
    }
    request.answer_after = *delay;
  }
  request.fail = steps_of(arguments, "fail", plan);
  request.kill = steps_of(arguments, "kill", plan);
  request.power_cut = steps_of(arguments, "power-cut", plan);
  if (const auto text = arguments.value("seed"); !text.empty()) {
    const auto seed = parse_integer(text);
    if (!seed) {
      refuse("--seed", text, "a whole number");
    }
    request.dice = static_cast<std::uint64_t>(*seed);
  }
  return request;
}

void write_drawing(const std::filesystem::path& file, const std::string& text) {
  write_text_file(file, text);
  std::cerr << fmt::format("the drawing is in {}\n", file.string());
}

ExecutionOptions execution_of(const Arguments& arguments) {
  ExecutionOptions execution;
  execution.foreign = arguments.has("foreign");
  execution.folder = arguments.value("in");
  if (const auto text = arguments.value("speed"); !text.empty()) {
    const auto speed = parse_number(text);
    if (!speed || *speed < 1 || *speed > 100'000) {
      refuse("--speed", text, "a number from 1 to 100000");
    }
    execution.speed = *speed;
  }
  return execution;
}

int rehearse(const Invocation& invocation) {
  const auto& arguments = invocation.arguments;
  const auto station = open_station(invocation);
  const auto loaded = load_plan({.schedule = arguments.value("SCHEDULE"),
                                 .run_file = arguments.value("run"),
                                 .current_folder = {}},
                                catalog_of(station.station),
                                station);
  print_problems(loaded.problems);
  if (has_errors(loaded.problems)) {
    return kExitFileWrong;
  }
  const auto request = request_of(arguments, loaded.plan);
  const auto quiet = quiet_hours_of(arguments, station.station);
  const auto execution = execution_of(arguments);
  const auto rehearsal = rehearse(loaded.plan, past_of(station.station), request);
  if (arguments.has("execute")) {
    return execute_rehearsal(
        invocation,
        {.plan = loaded.plan, .station = station.station, .rehearsal = rehearsal},
        execution);
  }
  const RehearsalReport report{.plan = loaded.plan,
                               .rehearsal = rehearsal,
                               .quiet = quiet,
                               .answer_after = request.answer_after};
  print(arguments.has("json") ? rehearsal_json(report) : rehearsal_text(report));
  if (const auto file = arguments.value("svg"); !file.empty()) {
    write_drawing(file, rehearsal_svg(report));
  }
  return kExitDone;
}

std::vector<OptionInfo> trouble_options() {
  return {{.name = "--fail",
           .value = "STEP",
           .help = "this step fails until a person has looked at it (may be repeated)",
           .repeated = true},
          {.name = "--kill",
           .value = "STEP",
           .help = "the scheduler dies in the middle of this step and is resumed (may be repeated)",
           .repeated = true},
          {.name = "--power-cut",
           .value = "STEP",
           .help = "the machine dies in the middle of this step; 10 min later it is resumed",
           .repeated = true},
          {.name = "--seed",
           .value = "NUMBER",
           .help = "throw dice: lengths as they varied, 2 % of the steps fail, 0.5 % see a death"}};
}

std::vector<OptionInfo> execution_options() {
  return {{.name = "--execute",
           .value = {},
           .help = "do it: every built-in task on a virtual bench whose time runs fast"},
          {.name = "--speed",
           .value = "X",
           .help = "of --execute: how fast that bench's time runs (default 2000)"},
          {.name = "--foreign",
           .value = {},
           .help = "of --execute: run Python functions and commands too; they reach whatever they "
                   "name, real hardware as well"},
          {.name = "--in",
           .value = "DIR",
           .help = "of --execute: a new folder, kept (default: a temporary one, removed when all "
                   "went well)"}};
}

}  // namespace

Command rehearse_command() {
  Command command{
      .name = "rehearse",
      .summary = "play a whole campaign in virtual time",
      .details =
          "The same engine decides as in a run. Lengths come from this station's history, else "
          "from "
          "the task's estimate, else\n"
          "they are guessed (10 min) and named; waits are exact. Says when each temperature is "
          "reached, when a person is needed\n"
          "and whether that is at night, how long it all takes, and which steps would never "
          "start.\n"
          "A step brings the bench to a temperature when a parameter or tag of it is one (such as "
          "-40 degC), or when it has\n"
          "fcurrent and fdelta as the original's freezer function.\n"
          "Nothing is executed, and nothing of the station written. With --execute the built-in "
          "tasks are, in a station of its own\n"
          "with a virtual bench; questions are answered with yes, and a step that fails does not "
          "keep the others from being tried.",
      .options = {{.name = "SCHEDULE", .value = {}, .help = "the config.ini", .required = true},
                  {.name = "--run",
                   .value = "RUN_JSON",
                   .help = "run JSON to use instead of [constants] run_file"},
                  {.name = "--start",
                   .value = "TIME",
                   .help = "when it begins, e.g. '2026-11-21 08:30' (default: now)"},
                  {.name = "--answer-after",
                   .value = "DURATION",
                   .help = "how long people take to answer (default: 10 min)"},
                  {.name = "--quiet-hours",
                   .value = "HH:MM-HH:MM",
                   .help = "when nobody wants to be called (default: that of station.ini)"}},
      .function = rehearse};
  const auto trouble = trouble_options();
  command.options.insert(command.options.end(), trouble.begin(), trouble.end());
  const auto execution = execution_options();
  command.options.insert(command.options.end(), execution.begin(), execution.end());
  command.options.push_back({.name = "--svg",
                             .value = "DRAWING",
                             .help = "draw it: bars over time, the temperature above"});
  command.options.push_back(
      {.name = "--json", .value = {}, .help = "for programs; stable and documented"});
  return command;
}

}  // namespace fat
