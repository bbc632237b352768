#include "cli/set_command.hpp"

#include <algorithm>
#include <iostream>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "cli/bench_files.hpp"
#include "cli/bench_instruments.hpp"
#include "cli/exit_code.hpp"
#include "cli/lease_client.hpp"
#include "cli/leased_instruments.hpp"
#include "cli/machine_watch.hpp"
#include "cli/print.hpp"
#include "cli/station_context.hpp"
#include "fat/model/channel_setting.hpp"
#include "fat/ports/device_error.hpp"
#include "fat/runner/bench_reader.hpp"
#include "fat/runner/control_client.hpp"
#include "fat/runner/system_clock.hpp"
#include "fat/store/station_lock.hpp"

namespace fat {

namespace {

constexpr Microseconds kAsksAgainAfter = std::chrono::milliseconds{20};
constexpr Microseconds kInstrumentTakes = std::chrono::minutes{1};
constexpr Microseconds kSafeStateAsksAfter = std::chrono::milliseconds{500};
constexpr std::chrono::minutes kOthersTake{1};

/// Whatever hindered it: nobody knows what became of the order.
CommandError no_answer() {
  return {kExitOwned,
          "the process that reads the bench does not answer; `fatmaster read` shows what became of "
          "it"};
}

nlohmann::json asked(const BenchFiles& files,
                     const std::string& method,
                     const std::string& path,
                     const std::string& body) {
  std::optional<ControlReply> reply;
  try {
    reply = ask_scheduler(files.socket, method, path, body);
  } catch (const std::runtime_error&) {
    throw no_answer();
  }
  auto json = reply ? nlohmann::json::parse(reply->body, nullptr, false) : nlohmann::json{};
  if (!json.is_object()) {
    throw no_answer();
  }
  return json;
}

std::string text_field(const nlohmann::json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// What an interlock sets can be set to that by anybody; to anything else only while somebody
/// watches.
std::string why_not_unwatched(const Station& station, const ChannelEntry& channel, double value) {
  for (const auto& interlock : station.interlocks) {
    for (const auto& setting : interlock.settings) {
      if (setting.channel == channel.name && setting.value != value) {
        return fmt::format(
            "interlock {} guards {}, and nobody watches it: start `fatmaster station`",
            interlock.name,
            channel.name);
      }
    }
  }
  return {};
}

/// Each of these channels once.
void read_for(MachineWatch& machines,
              const Station& station,
              const QuantitySources& sources,
              const Clock& clock,
              const std::vector<std::string>& names) {
  std::vector<ChannelEntry> channels;
  std::vector<std::size_t> places;
  for (std::size_t place = 0; place < station.channels.size(); ++place) {
    if (std::ranges::find(names, station.channels[place].name) != names.end()) {
      channels.push_back(station.channels[place]);
      places.push_back(place);
    }
  }
  ChannelReadings readings{channels};
  BenchReader{sources,
              clock,
              channels,
              [&](std::size_t place, const RawReading& raw, const Instant& at) {
                readings.take(place, raw, at);
                machines.take(places[place], readings.reading(place, at));
              }}
      .read_once();
}

/// By readings of this moment; a safe state waits for a high voltage to go down, and not for ever.
std::string why_not_by_table(MachineWatch& machines,
                             const Station& station,
                             const QuantitySources& sources,
                             const Clock& clock,
                             const ActuatorSetting& setting) {
  const auto channels = machines.guard_of(setting).channels;
  const auto began = clock.now();
  while (!channels.empty()) {
    const auto asked = clock.now();
    read_for(machines, station, sources, clock, channels);
    auto why_not = machines.objection(setting, asked);
    const auto longest = machines.wait_for_high(setting, asked);
    const bool waits = in_safe_state() && elapsed(began, clock.now()) < longest;
    if (why_not.empty() || (in_safe_state() && longest > Microseconds{0} && !waits)) {
      return {};
    }
    if (!waits) {
      return why_not;
    }
    SystemClock::pause(kSafeStateAsksAfter);
  }
  return {};
}

/// Nobody owns the wires: each user waits for the other. Of settings that a table of transitions
/// guards, one is made at a time.
std::string set_directly(const Invocation& invocation,
                         const Station& station,
                         const ChannelEntry& channel,
                         double value) {
  if (auto why_not = why_not_unwatched(station, channel, value); !why_not.empty()) {
    return why_not;
  }
  const SystemClock clock;
  auto by = claim_of(acting_person(invocation, station), getuid(), fence_given(channel.instrument));
  by.safe_state = in_safe_state();
  if (auto why_not = objection_without_keeper(
          bench_files(invocation, station), channel.instrument, by, clock.now());
      !why_not.empty()) {
    return why_not;
  }
  const BenchInstruments bench{invocation, station, clock, "fatmaster set"};
  const auto files = bench_files(invocation, station);
  const UnlentSources readable{bench.quantities(), files, clock};
  const ActuatorSetting setting{channel.name, value};
  try {
    MachineWatch machines{station, clock};
    std::optional<StationLock> one_at_a_time;
    if (!machines.guard_of(setting).machines.empty() && !in_safe_state()) {
      one_at_a_time.emplace(station.state,
                            this_process(0),
                            kOthersTake,
                            !station.group.empty(),
                            is_virtual(invocation) ? "machines_virtual.lock" : "machines.lock");
    }
    if (auto why_not = why_not_by_table(machines, station, readable, clock, setting);
        !why_not.empty()) {
      return why_not;
    }
    bench.quantities().open(channel.instrument)->set(channel.source, value);
  } catch (const DeviceError& error) {
    return error.what();
  } catch (const StationOwned& owned) {
    return fmt::format("process {} of {} is just setting something of this bench",
                       owned.owner().pid,
                       owned.owner().user);
  }
  return {};
}

int set_channel(const Invocation& invocation) {
  const auto station = open_station(invocation).station;
  const auto& channel = channel_named(station, invocation.arguments.value("CHANNEL"));
  const auto text = fmt::format("{}", fmt::join(invocation.arguments.values("VALUE"), " "));
  const auto [value, problem] = parse_channel_setting(channel, text);
  if (!problem.empty()) {
    throw UsageError{"fatmaster set: " + problem};
  }
  if (is_virtual(invocation)) {
    std::cerr << "VIRTUAL station, not the bench\n";
  }
  const auto failure = set_here(invocation, station, channel, value);
  if (!failure.empty()) {
    std::cerr << fmt::format("not set: {}\n", failure);
    return kExitRefused;
  }
  print(fmt::format("{} reads back {}", channel.name, shown_setting(channel, value)));
  return kExitDone;
}

/// What became of one order. `again`: a safe state has to ask once more.
struct OneFate {
  std::string failure;
  bool again = false;
};

OneFate order_once(const BenchFiles& files, const ChannelEntry& channel, const SettingWish& wish) {
  const auto accepted = asked(files,
                              "POST",
                              "/v1/set",
                              nlohmann::json{{"channel", channel.name},
                                             {"value", wish.value},
                                             {"who", wish.who},
                                             {"fence", wish.fence},
                                             {"safe_state", wish.safe_state}}
                                  .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  const auto order = accepted.value("order", std::uint64_t{0});
  if (order == 0) {
    return {text_field(accepted, "text")};
  }
  const SystemClock clock;
  const auto began = clock.now();
  while (elapsed(began, clock.now()) < kInstrumentTakes) {
    const auto fate = asked(files, "GET", fmt::format("/v1/order/{}", order), {});
    if (fate.value("done", false)) {
      auto failure = text_field(fate, "failure");
      const bool again = !failure.empty() && fate.value("again", false);
      return {std::move(failure), again};
    }
    SystemClock::pause(kAsksAgainAfter);
  }
  return {
      fmt::format("{} did not answer within {}", channel.instrument, to_text(kInstrumentTakes))};
}

}  // namespace

std::string set_through_station(const BenchFiles& files,
                                const ChannelEntry& channel,
                                const SettingWish& wish) {
  auto fate = order_once(files, channel, wish);
  while (wish.safe_state && fate.again) {  // the station process bounds it
    SystemClock::pause(kSafeStateAsksAfter);
    fate = order_once(files, channel, wish);
  }
  return fate.failure;
}

Command set_command() {
  return {
      .name = "set",
      .summary = "sets a channel and reads it back: an output, a setpoint, a limit",
      .details =
          "`fatmaster set heater_1 off`, `fatmaster set bias_2 12 V`: returns when the instrument "
          "has confirmed it; exit code 7 and\nwhy when it was not set. Where `fatmaster station` "
          "lives, it does it, between two of its own questions; refused where an\ninterlock "
          "holds the channel at something else, or somebody else holds the instrument (`fatmaster "
          "lease`), or the state of a module's power or a chiller forbids it (`fatmaster "
          "station states`, `station graph`). Without that process the instrument is told "
          "directly, but never\naway from what an interlock would set it to: nobody watches.",
      .options = {{.name = "CHANNEL", .value = {}, .help = "of station.ini", .required = true},
                  {.name = "VALUE",
                   .value = {},
                   .help = "on, off, or a number with the channel's unit",
                   .required = true,
                   .repeated = true}},
      .function = set_channel};
}

std::string set_here(const Invocation& invocation,
                     const Station& station,
                     const ChannelEntry& channel,
                     double value) {
  const auto files = bench_files(invocation, station);
  return who_holds(station.state, files.lock)
             ? set_through_station(files,
                                   channel,
                                   {.value = value,
                                    .who = acting_person(invocation, station),
                                    .fence = fence_given(channel.instrument),
                                    .safe_state = in_safe_state()})
             : set_directly(invocation, station, channel, value);
}

}  // namespace fat
