#include "cli/run_commands.hpp"

#include <cstdlib>
#include <iostream>
#include <limits>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/alarm_posts.hpp"
#include "cli/child_environment.hpp"
#include "cli/exit_code.hpp"
#include "cli/own_process.hpp"
#include "cli/plan_text.hpp"
#include "cli/preflight.hpp"
#include "cli/print.hpp"
#include "cli/run_request.hpp"
#include "cli/serve_command.hpp"
#include "cli/station_context.hpp"
#include "cli/step_channels.hpp"
#include "cli/step_leases.hpp"
#include "fat/model/quantity.hpp"
#include "fat/people/terminal_mode.hpp"
#include "fat/plan/schedule_loader.hpp"
#include "fat/runner/supervisor.hpp"
#include "fat/runner/system_clock.hpp"
#include "fat/tasks/catalog.hpp"

namespace fat {

namespace {

/// Options only the supervisor gives.
constexpr const char* kEngineFlag = "--engine";
constexpr const char* kRestartFlag = "--restart";
constexpr const char* kServiceFlag = "--by-service";

OptionInfo no_preflight() {
  return {.name = "--no-preflight",
          .value = {},
          .help = "do not import the packages of Python steps to check their options"};
}

OptionInfo as_original() {
  return {.name = "--as-original",
          .value = {},
          .help = "pass options of Python steps by position, names unread"};
}

/// `own` and what `run` and `resume` have in common.
std::vector<OptionInfo> engine_options(std::vector<OptionInfo> own) {
  const std::vector<OptionInfo> shared{
      {.name = "--from", .value = "STEP", .help = "begin with this step; earlier ones are not run"},
      {.name = "--until", .value = "STEP", .help = "stop after this step"},
      {.name = "--batch",
       .value = {},
       .help = "ask no questions: what would pause or ask stops the run"},
      {.name = "--without",
       .value = "SERIAL",
       .help = "leave this module out (may be repeated)",
       .repeated = true},
      {.name = "--no-probe", .value = {}, .help = "do not ask the modules before the start"},
      listen_option(),
      no_preflight(),
      as_original(),
      {.name = kEngineFlag, .value = {}, .help = "be the engine itself, without a supervisor"},
      {.name = kRestartFlag,
       .value = "PID",
       .help = "take over from the engine that died",
       .repeated = true},
      {.name = kServiceFlag, .value = {}, .help = "the machine came up again, nobody asked"}};
  own.insert(own.end(), shared.begin(), shared.end());
  return own;
}

/// Process ids of the engines that died before this one.
std::vector<int> died_engines(const Arguments& arguments) {
  std::vector<int> died;
  for (const auto& text : arguments.values("restart")) {
    const auto id = parse_integer(text);
    if (id && *id > 0 && *id <= std::numeric_limits<int>::max()) {
      died.push_back(static_cast<int>(*id));
    }
  }
  return died;
}

/// There is no engine that could store a message.
void tell_directly(const Invocation& invocation, const std::string& text) {
  constexpr std::chrono::seconds patience{15};
  try {
    const auto station = open_station(invocation).station;
    AlarmPosts posts{station, station.name};
    posts.tell(text, SystemClock{}.now());
    posts.finish(std::chrono::steady_clock::now() + patience);
  } catch (const std::exception& error) {
    std::cerr << fmt::format("fatmaster: nobody could be told: {}\n", error.what());
  }
}

void hint_at_screen() {
  const bool inside = std::getenv("STY") != nullptr || std::getenv("TMUX") != nullptr;
  if (!inside && isatty(STDIN_FILENO) == 1) {
    std::cerr << "This terminal is not in screen or tmux: the run goes on when it is closed, but "
                 "you lose this view.\n";
  }
}

int plan(const Invocation& invocation) {
  const auto& arguments = invocation.arguments;
  const auto station = open_station(invocation);
  auto loaded = load_plan({.schedule = arguments.value("SCHEDULE"),
                           .run_file = arguments.value("run"),
                           .current_folder = {}},
                          catalog_of(station.station),
                          station);
  const auto found = arguments.has("no-preflight")
                         ? preflight_left_out(loaded.plan)
                         : preflight(loaded.plan,
                                     {.station = station.station.folder,
                                      .environment = child_environment(station.station),
                                      .as_original = arguments.has("as-original")})
                               .problems;
  for (const auto& more : {found,
                           links_never_lent(loaded.plan, station.station),
                           wrong_channels(loaded.plan, station.station)}) {
    loaded.problems.insert(loaded.problems.end(), more.begin(), more.end());
  }
  print_problems(loaded.problems);
  if (has_errors(loaded.problems)) {
    return kExitFileWrong;
  }
  print(arguments.has("json") ? to_json_text(loaded.plan)
                              : plan_text(loaded.plan, past_of(station.station)));
  return kExitDone;
}

int supervise_command(const Invocation& invocation, const char* command) {
  hint_at_screen();
  std::optional<ServerBeside> server;
  if (const auto listen = invocation.arguments.value("listen"); !listen.empty()) {
    server.emplace(invocation, listen);
  }
  auto words = invocation.words;
  words.insert(words.begin(), command);
  return supervise_engine(invocation, words);
}

/// What run and resume are both asked for.
RunRequest common_request(const Arguments& arguments) {
  RunRequest request;
  request.died = died_engines(arguments);
  request.from = arguments.value("from");
  request.until = arguments.value("until");
  request.without = arguments.values("without");
  request.batch = arguments.has("batch");
  request.by_service = arguments.has("by-service");
  request.no_probe = arguments.has("no-probe");
  request.as_original = arguments.has("as-original");
  request.no_preflight = arguments.has("no-preflight");
  return request;
}

int run(const Invocation& invocation) {
  const auto& arguments = invocation.arguments;
  if (!arguments.has("engine")) {
    return supervise_command(invocation, "run");
  }
  auto request = common_request(arguments);
  request.mode = StartMode::Run;
  request.schedule = arguments.value("SCHEDULE");
  request.run = arguments.value("run");
  return run_engine(invocation, request);
}

int resume(const Invocation& invocation) {
  const auto& arguments = invocation.arguments;
  if (!arguments.has("engine")) {
    return supervise_command(invocation, "resume");
  }
  auto request = common_request(arguments);
  request.mode = StartMode::Resume;
  request.run = arguments.value("RUN");
  request.schedule = arguments.value("schedule");
  request.accept_drift = arguments.value("accept-drift");
  request.redo = arguments.values("redo");
  return run_engine(invocation, request);
}

}  // namespace

int supervise_engine(const Invocation& invocation, const std::vector<std::string>& words) {
  TerminalMode terminal{STDIN_FILENO};
  SupervisorSettings settings;
  settings.command = [&](const std::vector<int>& died) {
    auto all = own_words(invocation);
    all.insert(all.end(), words.begin(), words.end());
    all.emplace_back(kEngineFlag);
    for (const int engine : died) {
      all.insert(all.end(), {kRestartFlag, std::to_string(engine)});
    }
    return all;
  };
  settings.tell = [](const std::string& text) {
    std::cerr << "fatmaster: " << text << '\n' << std::flush;
  };
  settings.gave_up = [&invocation](const std::string& text) { tell_directly(invocation, text); };
  settings.restore_terminal = [&terminal] { terminal.restore(); };
  return supervise(settings);
}

Command plan_command() {
  return {.name = "plan",
          .summary = "expand and check a schedule; changes nothing",
          .details =
              "Prints the steps in order, or everything that is wrong with schedule, station, run "
              "JSON and module JSONs at once\n"
              "(exit code 3). The packages of Python steps are imported, so that a wrong option is "
              "found now and not on day five;\n"
              "nothing is called. Works in a read-only folder.",
          .options = {{.name = "SCHEDULE", .value = {}, .help = "the config.ini", .required = true},
                      {.name = "--run",
                       .value = "RUN_JSON",
                       .help = "run JSON to use instead of [constants] run_file"},
                      {.name = "--json", .value = {}, .help = "the whole expanded plan as JSON"},
                      no_preflight(),
                      as_original()},
          .function = plan};
}

Command run_command() {
  return {
      .name = "run",
      .summary = "run a schedule to its end",
      .details =
          "Owns the station while it runs. Ctrl-C once stops after the running step, twice aborts "
          "it, three times kills it at\n"
          "once; the safe state follows in all three cases. Other terminals use `fatmaster "
          "status`, `pause`, `answer` ...",
      .options = engine_options(
          {{.name = "SCHEDULE", .value = {}, .help = "the config.ini", .required = true},
           {.name = "--run",
            .value = "RUN_JSON",
            .help = "run JSON to use instead of [constants] run_file"}}),
      .function = run};
}

Command resume_command() {
  return {
      .name = "resume",
      .summary = "go on with a run after a stop, a crash or a power cut",
      .details =
          "Steps that ended meanwhile are taken over, those that still run are adopted, "
          "interrupted ones are resolved as their\n"
          "`recovery` says. A schedule, station file or set of modules that changed is shown and "
          "refused (exit code 7) unless\n"
          "--accept-drift says why; changed code behind a step is shown, and refused with "
          "strict_code = yes.\n"
          "A run that the original master script left half done: give its run JSON and --schedule.",
      .options = engine_options(
          {{.name = "RUN", .value = {}, .help = "number or run JSON (default: the newest run)"},
           {.name = "--schedule",
            .value = "FILE",
            .help = "schedule of a run of the original that is taken over"},
           {.name = "--accept-drift",
            .value = "REASON",
            .help = "go on although the schedule has changed"},
           {.name = "--redo",
            .value = "STEP",
            .help = "do this step again (may be repeated)",
            .repeated = true}}),
      .function = resume};
}

}  // namespace fat
