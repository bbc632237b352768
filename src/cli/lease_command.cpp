#include "cli/lease_command.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <iostream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "cli/child_environment.hpp"
#include "cli/exit_code.hpp"
#include "cli/lease_client.hpp"
#include "cli/print.hpp"
#include "cli/station_context.hpp"
#include "fat/model/claims.hpp"
#include "fat/model/quantity.hpp"
#include "fat/model/suggestion.hpp"
#include "fat/model/trimmed.hpp"
#include "fat/runner/system_clock.hpp"
#include "fat/store/lease_file.hpp"

namespace fat {

namespace {

constexpr Microseconds kUsualLength = std::chrono::minutes{30};
constexpr Microseconds kOfAProcess = std::chrono::minutes{10};  // renewed while it lives
constexpr Microseconds kClosingTakes = std::chrono::minutes{1};
constexpr Microseconds kLooksAgainAfter = std::chrono::milliseconds{50};
constexpr int kCannotBegin = 127;

/// Whoever asks, and of which station.
struct LeaseDialogue {
  const Invocation& invocation;
  Station station;
  BenchFiles files;

  LeaseClaim claim(const std::string& instrument) const {
    const auto& given = invocation.arguments.value("lease");
    const auto number = given.empty() ? std::nullopt : parse_integer(given);
    if (!given.empty() && (!number || *number <= 0)) {
      throw UsageError{
          "fatmaster lease: --lease is a number, such as `fatmaster lease list` shows"};
    }
    return {.who = acting_person(invocation, station),
            .uid = getuid(),
            .fence = number ? static_cast<std::uint64_t>(*number) : fence_given(instrument)};
  }

  Microseconds span(const char* option, Microseconds usual) const {
    const auto text = invocation.arguments.value(option);
    const auto length = text.empty() ? std::optional{usual} : parse_duration(text);
    if (!length) {
      throw UsageError{
          fmt::format("fatmaster lease: --{} is a duration such as 30min, not '{}'", option, text)};
    }
    return *length;
  }
};

[[noreturn]] void refuse_without_keeper() {
  throw CommandError{kExitRefused, "nobody keeps leases here: `fatmaster station` does not run"};
}

std::string told_lines(const std::string& told) {
  std::string lines;
  for (const auto& one : told_leases(told)) {
    lines += fmt::format("{:<20} {} (lease {}){}{}{}\n",
                         one.instrument,
                         one.text,
                         one.fence,
                         one.closing ? "; the station has not let the link go yet" : "",
                         one.panel.empty() ? "" : "; ",
                         one.panel);
  }
  return lines.empty() ? "nobody holds an instrument" : lines;
}

std::string lines_without_keeper(const BenchFiles& files) {
  std::string lines = "nobody keeps leases here: `fatmaster station` does not run\n";
  const auto now = SystemClock{}.now();
  for (const auto& lease : read_lease_record(files.leases).record.value_or(LeaseRecord{}).leases) {
    lines += fmt::format(
        "{:<20} was {} (lease {})\n", lease.instrument, in_words(lease, now), lease.fence);
  }
  return lines;
}

int list_leases(const LeaseDialogue& dialogue) {
  const auto told = told_leases_text(dialogue.files);
  if (dialogue.invocation.arguments.has("json")) {
    auto json = nlohmann::json::parse(told.value_or(R"({"leases":[]})"), nullptr, false);
    if (!json.is_object()) {
      throw CommandError{kExitOwned, "the process that keeps the leases answered something else"};
    }
    json["kept"] = told.has_value();
    print(json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
    return kExitDone;
  }
  print(told ? told_lines(*told) : lines_without_keeper(dialogue.files));
  return kExitDone;
}

/// Until the station has closed the link that now belongs to somebody else. What became of the
/// panel; throws CommandError when it does not let go.
std::string wait_until_let_go(const BenchFiles& files, std::uint64_t fence) {
  const SystemClock clock;
  const auto began = clock.now();
  while (elapsed(began, clock.now()) < kClosingTakes) {
    const auto text = told_leases_text(files);
    const auto told = told_leases(text.value_or(""));
    const auto mine = std::ranges::find(told, fence, &ToldLease::fence);
    if (mine == told.end()) {
      throw CommandError{kExitRefused, fmt::format("lease {} is over already", fence)};
    }
    if (!mine->closing) {
      return mine->panel;
    }
    SystemClock::pause(kLooksAgainAfter);
  }
  throw CommandError{kExitRefused,
                     fmt::format("the instrument keeps the station waiting: its link is not let go "
                                 "within {}; lease {} stands",
                                 to_text(kClosingTakes),
                                 fence)};
}

LeaseRequest request_of(const LeaseDialogue& dialogue,
                        LeaseVerb verb,
                        const std::string& instrument) {
  const auto& arguments = dialogue.invocation.arguments;
  LeaseRequest request{.verb = verb,
                       .instrument = instrument,
                       .by = dialogue.claim(instrument),
                       .purpose = arguments.value("purpose"),
                       .reason = arguments.value("reason"),
                       .use = arguments.has("link") ? LeaseUse::Link : LeaseUse::Orders,
                       .length = dialogue.span("for", kUsualLength),
                       .process = {}};
  if (const auto pid = arguments.value("pid"); !pid.empty()) {
    const auto number = parse_integer(pid);
    if (!number || *number <= 0) {
      throw UsageError{
          fmt::format("fatmaster lease: --pid is the number of a process, not '{}'", pid)};
    }
    request.process = ProcessMark{.pid = *number};
  }
  return request;
}

int tell_keeper(const LeaseDialogue& dialogue, LeaseVerb verb) {
  const auto instrument = dialogue.invocation.arguments.value("INSTRUMENT");
  if (instrument.empty()) {
    throw UsageError{fmt::format(
        "fatmaster lease {}: which instrument? The [device ...]s of station.ini", to_string(verb))};
  }
  const auto request = request_of(dialogue, verb, instrument);
  const auto word = wait_for_lease(
      dialogue.files, request, dialogue.span("wait", Microseconds{0}), report_waiting);
  if (!word) {
    refuse_without_keeper();
  }
  const bool lends = verb == LeaseVerb::FreePanel || request.use != LeaseUse::Orders;
  const auto panel = word->accepted && word->fence != 0 && lends && verb != LeaseVerb::Renew
                         ? wait_until_let_go(dialogue.files, word->fence)
                         : std::string{};
  auto text = panel.empty() ? word->text : word->text + "; " + panel;
  if (dialogue.invocation.arguments.has("json")) {
    print(nlohmann::json{{"accepted", word->accepted}, {"lease", word->fence}, {"text", text}}.dump(
        2, ' ', false, nlohmann::json::error_handler_t::replace));
  } else {
    (word->accepted ? std::cout : std::cerr) << text << '\n';
  }
  return word->accepted ? kExitDone : kExitRefused;
}

/// "supply=17,plates=18" behind what was given before.
void give_on(const std::string& leases) {
  const char* const before = std::getenv("FATMASTER_LEASES");
  const auto all = before == nullptr ? leases : fmt::format("{},{}", before, leases);
  ::setenv("FATMASTER_LEASES", all.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): one thread
}

/// "supply, plates".
std::vector<std::string> names_in(const std::string& text) {
  std::vector<std::string> names;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(',', begin), text.size());
    if (auto name = trimmed_of_blanks(std::string_view{text}.substr(begin, end - begin));
        !name.empty()) {
      names.emplace_back(name);
    }
    begin = end + 1;
  }
  return names;
}

/// In the same order for everybody: nobody waits for another in a circle.
std::string take_for_this_process(const LeaseDialogue& dialogue,
                                  std::vector<std::string> instruments) {
  std::ranges::sort(instruments);
  std::string taken;
  for (const auto& claim : instruments) {
    const std::string instrument{resource_of(claim)};
    if (fence_given(instrument) != 0) {
      continue;  // whoever started us holds it
    }
    auto request = request_of(dialogue, LeaseVerb::Take, instrument);
    request.use = wants_link(claim) ? LeaseUse::Link : request.use;
    request.process = ProcessMark{.pid = getpid()};
    request.length = dialogue.span("for", kOfAProcess);
    const auto word = wait_for_lease(
        dialogue.files, request, dialogue.span("wait", LeaseBook::kLongest), report_waiting);
    if (!word) {
      std::cerr << "no lease is taken: `fatmaster station` does not run\n";
      return taken;
    }
    if (!word->accepted) {
      throw CommandError{kExitRefused, word->text};
    }
    if (request.use == LeaseUse::Link) {
      wait_until_let_go(dialogue.files, word->fence);
    }
    taken += fmt::format("{}{}={}", taken.empty() ? "" : ",", instrument, word->fence);
  }
  return taken;
}

/// The program takes the place of this process: the leases end with it, however it ends.
int run_with_leases(const LeaseDialogue& dialogue) {
  const auto& arguments = dialogue.invocation.arguments;
  auto words = arguments.values("PROGRAM");
  const auto instruments = names_in(arguments.value("INSTRUMENT"));
  if (words.empty() || instruments.empty()) {
    throw UsageError{
        "fatmaster lease run: say `fatmaster lease run INSTRUMENT[,INSTRUMENT]... --purpose TEXT "
        "-- "
        "PROGRAM [ARGUMENT]...`"};
  }
  const auto taken = in_safe_state() ? std::string{} : take_for_this_process(dialogue, instruments);
  if (!taken.empty()) {
    give_on(taken);
  }
  forget_secrets(dialogue.station);
  std::vector<char*> pointers;
  std::ranges::transform(
      words, std::back_inserter(pointers), [](std::string& word) { return word.data(); });
  pointers.push_back(nullptr);
  std::cout << std::flush;
  ::execvp(pointers.front(), pointers.data());
  std::cerr << fmt::format("{} cannot be started: {}\n", words.front(), std::strerror(errno));
  return kCannotBegin;
}

int lease(const Invocation& invocation) {
  auto station = open_station(invocation).station;
  auto files = bench_files(invocation, station);
  const LeaseDialogue dialogue{invocation, std::move(station), std::move(files)};
  const auto action = invocation.arguments.value("VERB");
  if (action.empty() || action == "list") {
    return list_leases(dialogue);
  }
  if (action == "run") {
    return run_with_leases(dialogue);
  }
  for (const auto verb :
       {LeaseVerb::Take, LeaseVerb::Renew, LeaseVerb::Free, LeaseVerb::TakeOver}) {
    if (action == to_string(verb)) {
      const bool panel = verb == LeaseVerb::Free && invocation.arguments.has("to-local");
      return tell_keeper(dialogue, panel ? LeaseVerb::FreePanel : verb);
    }
  }
  const std::vector<std::string> verbs{"list", "take", "renew", "free", "take-over", "run"};
  throw UsageError{fmt::format("fatmaster lease: there is no '{}'{}; there are: {}",
                               action,
                               did_you_mean(action, verbs),
                               fmt::join(verbs, ", "))};
}

}  // namespace

Command lease_command() {
  return {
      .name = "lease",
      .summary = "who holds which instrument; take, renew, free, take over, run a program with it",
      .details =
          "While somebody holds an instrument, nobody else's `set` reaches it; it is read on, and "
          "interlocks and the safe state\nare never barred. `fatmaster station` keeps the leases.\n"
          "`fatmaster lease take supply --for 30min --purpose TEXT`: it ends by itself (at most 24 "
          "h; `renew` it); with --pid it ends\nwith that process and is renewed while that lives. "
          "`free` gives it back; `take-over ... --reason TEXT` takes it from\nsomebody else, who "
          "is "
          "named.\n"
          "--link: the station lets the link go, for a program speaks to the instrument itself; "
          "its channels are lent meanwhile.\nRefused where an interlock has no other sensor, "
          "unless "
          "station.ini allows it.\n"
          "`free supply --to-local`: the same, and the instrument's front panel is freed for "
          "whoever stands before it.\n"
          "`fatmaster lease run supply:link,plates --purpose TEXT -- PROGRAM ARGUMENT...` waits "
          "for them and becomes that program: the\nleases end with it, however it ends. "
          "FATMASTER_LEASES tells it, and `fatmaster set` in it, their numbers.\n"
          "Exit code 7 when it was refused; who holds the instrument, for what and until when is "
          "said.",
      .options = {{.name = "VERB", .value = {}, .help = "list, take, renew, free, take-over, run"},
                  {.name = "INSTRUMENT", .value = {}, .help = "a [device ...] of station.ini"},
                  {.name = "PROGRAM",
                   .value = {},
                   .help = "of run, behind --, with its arguments",
                   .repeated = true},
                  {.name = "--for", .value = "TIME", .help = "how long (30min)"},
                  {.name = "--purpose", .value = "TEXT", .help = "what for, for others to read"},
                  {.name = "--reason", .value = "TEXT", .help = "of take-over"},
                  {.name = "--wait",
                   .value = "TIME",
                   .help = "so long for whoever holds it (0 s; run: 24 h)"},
                  {.name = "--link", .value = {}, .help = "the link itself: lend it"},
                  {.name = "--to-local", .value = {}, .help = "of free: free the front panel"},
                  {.name = "--pid", .value = "PID", .help = "it ends with that process"},
                  {.name = "--lease",
                   .value = "NUMBER",
                   .help = "of renew and free: the lease that is meant"},
                  {.name = "--json", .value = {}, .help = "for programs"}},
      .function = lease};
}

}  // namespace fat
