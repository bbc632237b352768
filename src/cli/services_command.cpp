#include "cli/services_command.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <set>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/bench_files.hpp"
#include "cli/bench_instruments.hpp"
#include "cli/exit_code.hpp"
#include "cli/file_watch.hpp"
#include "cli/print.hpp"
#include "cli/service_launch.hpp"
#include "cli/service_pages.hpp"
#include "cli/station_context.hpp"
#include "cli/terminal_filter.hpp"
#include "fat/model/quantity.hpp"
#include "fat/model/suggestion.hpp"
#include "fat/runner/control_client.hpp"
#include "fat/runner/system_clock.hpp"

namespace fat {

namespace {

constexpr Microseconds kLooksAgainAfter = std::chrono::milliseconds{100};
constexpr Microseconds kBeyondItsTime = std::chrono::seconds{30};
constexpr long long kDefaultLines = 20;
constexpr long long kMostTailLines = 100'000;
constexpr std::streamoff kMostTail = 8 << 20;

/// A station and whom to ask there.
struct Desk {
  Station station;
  BenchFiles bench;
  ServiceFiles files;
};

std::vector<ServiceEntry> meant_services(const Station& station,
                                         const std::vector<std::string>& patterns) {
  std::vector<ServiceEntry> all;
  for (const auto& pattern : patterns) {
    const auto before = all.size();
    std::ranges::copy_if(station.services, std::back_inserter(all), [&](const ServiceEntry& entry) {
      return is_meant(entry, pattern);
    });
    if (all.size() == before) {
      throw UsageError{fmt::format("fatmaster services: station.ini has no service '{}'{}",
                                   pattern,
                                   did_you_mean(pattern, service_patterns(station.services)))};
    }
  }
  return all;
}

/// nullopt: no process supervises.
std::optional<ControlReply> ask_station(const Desk& desk,
                                        const std::string& method,
                                        const std::string& body) {
  try {
    return ask_scheduler(desk.bench.socket, method, std::string{kServicesPage}, body);
  } catch (const std::runtime_error&) {
    throw CommandError{kExitOwned,
                       "the process that supervises the services does not answer; `fatmaster "
                       "services` tells whether it was heard"};
  }
}

/// nullopt: no process supervises.
std::optional<ServicesState> supervised(const Desk& desk) {
  const auto reply = ask_station(desk, "GET", {});
  return reply ? services_state_from_json_text(reply->body) : std::nullopt;
}

/// What was written down last: nobody knows whether it still is so.
ServicesState abandoned(const Desk& desk) {
  const auto remembered = read_services_memory(desk.files).state.value_or(ServicesState{});
  ServicesState state;
  for (const auto& entry : desk.station.services) {
    const auto known = std::ranges::find(remembered.services, entry.name, &ServiceState::name);
    auto service = known == remembered.services.end() ? ServiceState{} : *known;
    service.name = entry.name;
    service.group = entry.group;
    if (is_alive(service.memory.phase)) {
      service.memory.why = fmt::format("nobody supervises it; it was {} when somebody did",
                                       to_string(service.memory.phase));
      service.memory.phase = ServicePhase::Unknown;
    }
    state.services.push_back(std::move(service));
  }
  return state;
}

nlohmann::ordered_json service_json(const ServiceState& service, const Instant& now) {
  const auto& memory = service.memory;
  const bool runs = memory.phase == ServicePhase::Running;
  return {
      {"name", service.name},
      {"group", service.group},
      {"state", to_string(memory.phase)},
      {"wanted", service.wanted},
      {"pid", service.pid == 0 ? nlohmann::ordered_json{} : nlohmann::ordered_json(service.pid)},
      {"uptime_s",
       runs ? nlohmann::ordered_json(
                  std::chrono::duration<double>{elapsed(memory.started, now)}.count())
            : nullptr},
      {"since", to_iso_utc(memory.since.wall)},
      {"restarts", memory.restarted},
      {"failures", memory.failures},
      {"said_by", memory.who},
      {"why", memory.why}};
}

int show_status(const Desk& desk, const Arguments& arguments) {
  const auto now = SystemClock{}.now();
  const auto living = supervised(desk);
  auto state = living ? *living : abandoned(desk);
  const auto patterns = arguments.values("SERVICE");
  if (!patterns.empty()) {
    const auto entries = meant_services(desk.station, patterns);
    std::erase_if(state.services, [&](const ServiceState& service) {
      return std::ranges::find(entries, service.name, &ServiceEntry::name) == entries.end();
    });
  }
  if (arguments.has("json")) {
    auto json = nlohmann::ordered_json{{"supervised", living.has_value()},
                                       {"services", nlohmann::ordered_json::array()}};
    for (const auto& service : state.services) {
      json["services"].push_back(service_json(service, now));
    }
    print(json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  } else if (state.services.empty()) {
    print("station.ini declares no [service ...]");
  } else {
    print(services_in_words(state.services, now));
  }
  if (!living && !desk.station.services.empty()) {
    std::cerr << "nobody supervises them: start `fatmaster station`\n";
  }
  const bool well = state.services.empty() ||
                    (living && std::ranges::all_of(state.services, [](const ServiceState& service) {
                       return service.memory.phase == ServicePhase::Running;
                     }));
  return well ? kExitDone : kExitModulesBad;
}

/// "daq:camera: started"; nullopt while it is not settled.
std::optional<std::pair<std::string, bool>> outcome_of(const ServiceState& service,
                                                       ServiceVerb verb) {
  const auto& memory = service.memory;
  const auto name = shown_name(service);
  const auto error = [&] {
    return std::pair{fmt::format("{}: ERROR ({})", name, memory.why), false};
  };
  if (memory.again) {
    return std::nullopt;
  }
  const bool stop = verb == ServiceVerb::Stop;
  switch (memory.phase) {
    case ServicePhase::Stopped:
      return stop ? std::optional{std::pair{name + ": stopped", true}} : std::nullopt;
    case ServicePhase::Running:
      return stop ? std::nullopt : std::optional{std::pair{name + ": started", true}};
    case ServicePhase::Exited:
      return std::pair{
          fmt::format(
              "{}: started, and ended{}", name, memory.why.empty() ? "" : " (" + memory.why + ")"),
          memory.why.empty()};
    case ServicePhase::Backoff:
    case ServicePhase::Fatal:
    case ServicePhase::Unknown:
      return error();
    case ServicePhase::Starting:
    case ServicePhase::Stopping:
      return std::nullopt;
  }
  return std::nullopt;
}

/// Prints what has become of those that are `open`, and takes them out. True when it is as it
/// should be.
bool print_settled(const std::vector<ServiceState>& services,
                   ServiceVerb verb,
                   std::set<std::string>& open) {
  bool well = true;
  for (const auto& service : services) {
    const auto outcome = open.contains(service.name) ? outcome_of(service, verb) : std::nullopt;
    if (outcome) {
      print(outcome->first);
      well = well && outcome->second;
      open.erase(service.name);
    }
  }
  return well;
}

/// Prints what becomes of each, as it does. True when all went as it should.
bool wait_until_settled(const Desk& desk,
                        const std::vector<ServiceEntry>& entries,
                        ServiceVerb verb) {
  Microseconds longest = kBeyondItsTime;
  std::set<std::string> open;
  for (const auto& entry : entries) {
    longest += entry.started_within + entry.stop_within;
    open.insert(entry.name);
  }
  const SystemClock clock;
  const auto began = clock.now();
  bool well = true;
  while (!open.empty() && elapsed(began, clock.now()) < longest) {
    auto state = supervised(desk);
    if (!state) {
      throw CommandError{kExitOwned,
                         "the process that supervises the services has ended; what it was told is "
                         "written down, and done when `fatmaster station` runs again"};
    }
    if (verb == ServiceVerb::Stop) {
      std::ranges::reverse(state->services);  // as they are ended
    }
    well = print_settled(state->services, verb, open) && well;
    if (!open.empty()) {
      SystemClock::pause(kLooksAgainAfter);
    }
  }
  for (const auto& name : open) {
    print(fmt::format("{}: ERROR (not settled within {})", name, to_text(longest)));
  }
  return well && open.empty();
}

int tell_services(const Invocation& invocation, const Desk& desk, ServiceVerb verb) {
  const auto patterns = invocation.arguments.values("SERVICE");
  if (patterns.empty()) {
    throw UsageError{fmt::format("fatmaster services {}: which? NAME, GROUP:NAME, GROUP:* or all",
                                 to_string(verb))};
  }
  const auto entries = meant_services(desk.station, patterns);
  const auto reply =
      ask_station(desk,
                  "POST",
                  to_json_text(ServicesRequest{.verb = std::string{to_string(verb)},
                                               .services = patterns,
                                               .who = acting_person(invocation, desk.station)}));
  if (!reply) {
    throw CommandError{kExitRefused,
                       "nobody supervises the services: `fatmaster station` does not run, and only "
                       "it can tell them anything"};
  }
  const auto said = verb_reply_from_json_text(reply->body);
  if (!said.accepted) {
    throw CommandError{kExitRefused, said.text};
  }
  return wait_until_settled(desk, entries, verb) ? kExitDone : kExitModulesBad;
}

/// A log from some place on, and how far it was read.
class LogReader {
 public:
  LogReader(const ServiceFiles& files, std::string name)
      : files_(files), name_(std::move(name)), path_(newest_log(files_, name_)) {}

  bool has_file() const { return !path_.empty(); }

  void print_end(long long lines) {
    const auto text = read_from(std::max<std::streamoff>(0, size() - kMostTail));
    auto at = text.ends_with('\n') ? text.size() - 1 : text.size();
    for (long long left = lines; left > 0 && at != std::string::npos; --left) {
      at = at == 0 ? std::string::npos : text.rfind('\n', at - 1);
    }
    at = at == std::string::npos ? 0 : at + 1;
    std::cout << filter_.pass(std::string_view{text}.substr(at)) << std::flush;
  }

  void print_new() {
    std::cout << filter_.pass(read_from(size() < offset_ ? 0 : offset_));
    const auto newest = newest_log(files_, name_);
    if (newest != path_) {
      path_ = newest;
      std::cout << filter_.pass(read_from(0));
    }
    std::cout << std::flush;
  }

 private:
  std::streamoff size() const {
    std::error_code ignored;
    const auto size = std::filesystem::file_size(path_, ignored);
    return ignored ? 0 : static_cast<std::streamoff>(size);
  }

  std::string read_from(std::streamoff from) {
    std::ifstream file{path_, std::ios::binary};
    file.seekg(from);
    std::string text(
        static_cast<std::size_t>(std::clamp<std::streamoff>(size() - from, 0, kMostTail)), '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, file.gcount())));
    offset_ = from + static_cast<std::streamoff>(text.size());
    return text;
  }

  const ServiceFiles& files_;
  std::string name_;
  std::filesystem::path path_;
  std::streamoff offset_ = 0;
  TerminalFilter filter_;
};

int tail_log(const Desk& desk, const Arguments& arguments) {
  const auto patterns = arguments.values("SERVICE");
  const auto entries =
      patterns.empty() ? std::vector<ServiceEntry>{} : meant_services(desk.station, patterns);
  if (entries.size() != 1) {
    throw UsageError{"fatmaster services tail: of which one? NAME or GROUP:NAME"};
  }
  const auto lines = arguments.has("lines") ? parse_integer(arguments.value("lines"))
                                            : std::optional{kDefaultLines};
  if (!lines || *lines < 1 || *lines > kMostTailLines) {
    throw UsageError{
        fmt::format("fatmaster services tail: --lines is a number from 1 to {}", kMostTailLines)};
  }
  LogReader log{desk.files, entries.front().name};
  if (!log.has_file()) {
    throw CommandError{
        kExitRefused,
        fmt::format("{} has no log yet: it was never started", shown_name(entries.front()))};
  }
  log.print_end(*lines);
  const FileWatch changes{{service_log(desk.files, entries.front().name).parent_path()}};
  while (arguments.has("follow") && std::cout) {
    changes.wait(kJournalLag);
    log.print_new();
  }
  return kExitDone;
}

int run_services(const Invocation& invocation) {
  const auto station = open_station(invocation).station;
  const Desk desk{.station = station,
                  .bench = bench_files(invocation, station),
                  .files = service_files(station, is_virtual(invocation))};
  const auto action = invocation.arguments.value("DO");
  if (action.empty() || action == "status") {
    return show_status(desk, invocation.arguments);
  }
  if (action == "tail") {
    return tail_log(desk, invocation.arguments);
  }
  if (const auto verb = parse_service_verb(action)) {
    return tell_services(invocation, desk, *verb);
  }
  const std::vector<std::string> verbs{"status", "start", "stop", "restart", "tail"};
  throw UsageError{fmt::format(
      "fatmaster services: there is no '{}'{}; there are: status, start, stop, restart, "
      "tail",
      action,
      did_you_mean(action, verbs))};
}

}  // namespace

Command services_command() {
  return {
      .name = "services",
      .summary = "the supervised processes of station.ini: status, start, stop, restart, tail",
      .details =
          "`fatmaster services [status] [NAME...]`: a line for each [service ...], as "
          "supervisorctl "
          "prints them. Exit code 1 when\none is not RUNNING, or nobody supervises them.\n"
          "`fatmaster services start|stop|restart NAME...`: NAME, GROUP:NAME, GROUP:* or all. They "
          "are started in order, each when\nthe former counts as started, and stopped in reverse; "
          "what you said holds until somebody says otherwise. Returns when\nall have settled; exit "
          "code 1 when one has not come up, 7 when nobody supervises.\n"
          "`fatmaster services tail NAME [-f] [--lines N]`: the end of what it printed, of the "
          "newest UTC day.\n"
          "`fatmaster station` supervises them; schedules with `needs_services` wait for them. "
          "src/engine/README.md has the keys.",
      .options = {{.name = "DO", .value = {}, .help = "status, start, stop, restart, tail"},
                  {.name = "SERVICE",
                   .value = {},
                   .help = "NAME, GROUP:NAME, GROUP:* or all",
                   .repeated = true},
                  {.name = "--follow,-f", .value = {}, .help = "tail: go on with what it prints"},
                  {.name = "--lines", .value = "N", .help = "tail: so many, 20 when not said"},
                  {.name = "--json", .value = {}, .help = "status, for programs"}},
      .function = run_services};
}

}  // namespace fat
