#include "cli/interlock_commands.hpp"

#include <iostream>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/bench_files.hpp"
#include "cli/exit_code.hpp"
#include "cli/print.hpp"
#include "cli/station_context.hpp"
#include "cli/station_guard.hpp"
#include "cli/station_pages.hpp"
#include "cli/talk_to_run.hpp"
#include "fat/model/quantity.hpp"
#include "fat/model/suggestion.hpp"
#include "fat/runner/control_client.hpp"
#include "fat/runner/system_clock.hpp"

namespace fat {

namespace {

/// Exit code 1 when one of them is tripped, latched, overridden, or not watched.
int list_interlocks(const Invocation& invocation, const Station& station, const BenchFiles& files) {
  const auto now = SystemClock{}.now();
  const auto living = living_station_state(files, now);
  if (invocation.arguments.has("json")) {
    auto state = living ? living : read_interlock_memory(files.state).state;
    auto json = nlohmann::json::parse(to_json_text(state.value_or(StationState{})));
    json["watched"] = living.has_value();
    print(json.dump(2));
  } else {
    print(station.interlocks.empty() ? "station.ini declares no [interlock ...]"
                                     : interlock_lines(station, files, now, true));
  }
  const bool well =
      station.interlocks.empty() || (living && interlock_lines(station, files, now, false).empty());
  return well ? kExitDone : kExitModulesBad;
}

Microseconds asked_length(const Arguments& arguments) {
  if (!arguments.has("for")) {
    return Microseconds{0};
  }
  const auto length = parse_duration(arguments.value("for"));
  if (!length) {
    throw UsageError{fmt::format("fatmaster interlock: --for is a duration such as 30min, not '{}'",
                                 arguments.value("for"))};
  }
  return *length;
}

int tell_interlock(const Invocation& invocation,
                   const Station& station,
                   const BenchFiles& files,
                   const std::string& verb) {
  const auto& arguments = invocation.arguments;
  const InterlockRequest request{.verb = verb,
                                 .name = arguments.value("NAME"),
                                 .who = acting_person(invocation, station),
                                 .reason = arguments.value("reason"),
                                 .length = asked_length(arguments)};
  if (request.name.empty()) {
    throw UsageError{
        fmt::format("fatmaster interlock {}: which one? `fatmaster interlock list`", verb)};
  }
  return print_reply(tell_station(files, request));
}

int interlock(const Invocation& invocation) {
  const auto station = open_station(invocation).station;
  const auto files = bench_files(invocation, station);
  const auto action = invocation.arguments.value("ACTION");
  if (action.empty() || action == "list") {
    return list_interlocks(invocation, station, files);
  }
  const std::vector<std::string> verbs{"list", "override", "clear", "reset"};
  if (std::ranges::find(verbs, action) == verbs.end()) {
    throw UsageError{
        fmt::format("fatmaster interlock: there is no '{}'{}; there are: list, override, clear, "
                    "reset",
                    action,
                    did_you_mean(action, verbs))};
  }
  return tell_interlock(invocation, station, files, action);
}

}  // namespace

VerbReply tell_station(const BenchFiles& files, const InterlockRequest& request) {
  std::optional<ControlReply> reply;
  try {
    reply = ask_scheduler(files.socket, "POST", "/v1/interlock", to_json_text(request));
  } catch (const std::runtime_error&) {
    throw CommandError{kExitOwned,
                       "the process that reads the bench does not answer; `fatmaster interlock "
                       "list` tells whether it was heard"};
  }
  if (!reply) {
    throw CommandError{kExitRefused,
                       "nobody watches this bench: `fatmaster station` does not run, and only it "
                       "can tell an interlock anything"};
  }
  return verb_reply_from_json_text(reply->body);
}

Command interlock_command() {
  return {
      .name = "interlock",
      .summary = "the interlocks of station.ini: what they say; override, clear, reset",
      .details =
          "`fatmaster interlock [list]`: each interlock, tripped or not, why, and who overrides "
          "it. Exit code 1 when one\nis not clear, or nobody watches them.\n"
          "`fatmaster interlock override NAME --for 30min --reason TEXT`: it does nothing for "
          "that long (at most 24 h);\nthis is shown everywhere and stands in the logbook of "
          "each step that runs meanwhile. `clear NAME` ends it.\n"
          "`fatmaster interlock reset NAME`: of a latch whose condition is gone.\n"
          "`fatmaster station` evaluates them; src/engine/README.md tells how they behave.",
      .options = {{.name = "ACTION", .value = {}, .help = "list, override, clear, reset"},
                  {.name = "NAME", .value = {}, .help = "which interlock"},
                  {.name = "--for", .value = "TIME", .help = "how long an override holds"},
                  {.name = "--reason", .value = "TEXT", .help = "why, for everybody to read"},
                  {.name = "--json", .value = {}, .help = "the list, for programs"}},
      .function = interlock};
}

}  // namespace fat
