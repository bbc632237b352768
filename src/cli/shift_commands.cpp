#include "cli/shift_commands.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "cli/exit_code.hpp"
#include "cli/print.hpp"
#include "cli/run_at_hand.hpp"
#include "cli/station_context.hpp"
#include "cli/talk_to_run.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/model/quantity.hpp"
#include "fat/model/suggestion.hpp"
#include "fat/people/hand_over.hpp"
#include "fat/runner/system_clock.hpp"

namespace fat {

namespace {

constexpr std::size_t kLongestName = 80;

std::string who_acts(const OnCall& on_call) {
  if (on_call.shifter.empty()) {
    return "nobody has started a shift here; `fatmaster shift start NAME` does";
  }
  return on_call.since ? fmt::format("{} acts at this station since {}",
                                     on_call.shifter,
                                     to_local_text(*on_call.since))
                       : fmt::format("nobody has started a shift here; station.ini names {}",
                                     on_call.shifter);
}

std::string who_is_called(const OnCall& on_call) {
  const auto first = first_called(on_call);
  if (first.empty() && on_call.escalate.empty()) {
    return "nobody is called: station.ini has no [shift]";
  }
  return fmt::format("called at once: {}{}",
                     first.empty() ? "nobody" : fmt::format("{}", fmt::join(first, ", ")),
                     on_call.escalate.empty()
                         ? ""
                         : fmt::format("; then, one every {} while nobody acknowledges: {}",
                                       to_text(on_call.escalate_after),
                                       fmt::join(on_call.escalate, ", ")));
}

int show_shift(const Invocation& invocation, const Station& station) {
  const auto on_call = fat::on_call(station);
  if (!invocation.arguments.has("json")) {
    print(who_acts(on_call));
    print(who_is_called(on_call));
    return kExitDone;
  }
  using ShiftJson = nlohmann::ordered_json;
  print(
      ShiftJson{{"person", on_call.shifter},
                {"since", on_call.since ? ShiftJson(to_iso_utc(*on_call.since)) : ShiftJson()},
                {"expert", on_call.expert},
                {"escalate", on_call.escalate},
                {"escalate_after_s", std::chrono::duration<double>(on_call.escalate_after).count()}}
          .dump());
  return kExitDone;
}

int shift(const Invocation& invocation) {
  const auto& arguments = invocation.arguments;
  const auto station = open_station(invocation).station;
  const auto what = arguments.value("WHAT");
  if (what.empty()) {
    return show_shift(invocation, station);
  }
  if (what != "start" && what != "hand-over") {
    throw UsageError{
        fmt::format("fatmaster shift: expected `start NAME` or `hand-over NAME`, not '{}'",
                    plain_text(what, kLongestName))};
  }
  if (arguments.value("NAME").empty()) {
    throw UsageError{
        fmt::format("fatmaster shift {}: who? Give the NAME of a person of station.ini", what)};
  }
  Verb verb{.kind = VerbKind::Shift,
            .who = acting_person(invocation, station),
            .value = known_person(station, arguments.value("NAME")),
            .hand_over = what == "hand-over"};
  if (verb.hand_over) {
    const auto run = open_run(invocation);
    verb.report = hand_over_report(
        run.station.name, run.known.campaign->summary(SystemClock{}.now()), run.known.events);
  }
  const auto code = print_reply(say(station, verb));
  for (const auto& line : verb.report) {
    if (code == kExitDone) {
      print(line);
    }
  }
  return code;
}

int acknowledge(const Invocation& invocation) {
  const auto station = open_station(invocation).station;
  Verb verb{.kind = VerbKind::Acknowledge, .who = acting_person(invocation, station)};
  verb.value = fmt::format("{}", fmt::join(invocation.arguments.values("ID"), " "));
  return print_reply(say(station, verb));
}

}  // namespace

std::string known_person(const Station& station, const std::string& name) {
  std::vector<std::string> names;
  std::ranges::transform(station.people, std::back_inserter(names), &Person::name);
  if (std::ranges::find(names, name) != names.end()) {
    return name;
  }
  throw CommandError{
      kExitUsage,
      names.empty()
          ? std::string{"station.ini names no person; add a section such as [person anna]"}
          : fmt::format("there is no [person {}] in station.ini{}; there are: {}",
                        plain_text(name, kLongestName),
                        did_you_mean(name, names),
                        fmt::join(names, ", "))};
}

std::vector<std::string> hand_over_report(const std::string& station,
                                          const RunSummary& summary,
                                          const std::vector<StoredEvent>& events) {
  WallTime since = events.empty() ? WallTime{} : events.front().event.at.wall;
  for (const auto& stored : events) {
    if (std::holds_alternative<ShiftTaken>(stored.event.body)) {
      since = stored.event.at.wall;
    }
  }
  return hand_over_lines(run_report(station, summary, events), since);
}

std::vector<Command> shift_commands() {
  return {{.name = "shift",
           .summary = "who acts at this station, and who is called",
           .details =
               "`shift start NAME` and `shift hand-over NAME` say who acts from now on: verbs name "
               "that person (--as NAME another),\n"
               "and alerts call that person first. hand-over also prints what happened since the "
               "shift before, and sends it to NAME.",
           .options = {{.name = "WHAT", .value = {}, .help = "start or hand-over"},
                       {.name = "NAME", .value = {}, .help = "a [person NAME] of station.ini"},
                       {.name = "--json", .value = {}, .help = "for programs: who, since when"}},
           .function = shift},
          {.name = "ack",
           .summary = "say that you have seen a question or a critical message and see to it",
           .details = "Nobody else is called for it. A question still waits for its answer. "
                      "`fatmaster status` shows what is open.",
           .options = {{.name = "ID",
                        .value = {},
                        .help = "such as 3 (question 3) or c1 (default: all that is open)",
                        .repeated = true}},
           .function = acknowledge}};
}

}  // namespace fat
