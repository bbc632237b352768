#include "cli/read_command.hpp"

#include <algorithm>
#include <functional>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/bench_files.hpp"
#include "cli/bench_instruments.hpp"
#include "cli/exit_code.hpp"
#include "cli/lease_client.hpp"
#include "cli/leased_instruments.hpp"
#include "cli/machines_seen.hpp"
#include "cli/print.hpp"
#include "cli/station_context.hpp"
#include "cli/station_guard.hpp"
#include "fat/engine/channel_readings.hpp"
#include "fat/engine/machine_board.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/runner/bench_reader.hpp"
#include "fat/runner/system_clock.hpp"
#include "fat/store/readings_file.hpp"
#include "fat/store/station_lock.hpp"

namespace fat {

namespace {

constexpr std::size_t kLongestWhy = 400;
constexpr auto kLooksEvery = std::chrono::milliseconds{500};

/// Those that are named, in the file's order; all without names.
std::vector<ChannelEntry> chosen_channels(const Station& station,
                                          const std::vector<std::string>& names) {
  if (station.channels.empty()) {
    throw CommandError{kExitFileWrong,
                       fmt::format("station.ini in {} declares no channel; one is [channel NAME] "
                                   "with 'instrument' and 'quantity' (src/devices/README.md)",
                                   station.folder.string())};
  }
  for (const auto& name : names) {
    channel_named(station, name);
  }
  auto chosen = station.channels;
  std::erase_if(chosen, [&](const ChannelEntry& channel) {
    return !names.empty() && std::ranges::find(names, channel.name) == names.end();
  });
  return chosen;
}

nlohmann::json reading_json(const ChannelEntry& channel, const Reading& reading) {
  return {{"channel", channel.name},
          {"time", to_iso_utc(reading.at.wall)},
          {"value", reading.value ? nlohmann::json(*reading.value) : nullptr},
          {"unit", channel.unit},
          {"state", to_string(reading.state)},
          {"why", plain_text(reading.why, kLongestWhy)}};
}

/// "293.15 K", or "failed: thermometer: channel 2 is silent".
std::string reading_text(const ChannelEntry& channel, const Reading& reading) {
  if (reading.value) {
    return fmt::format("{:.6g}{}{}", *reading.value, channel.unit.empty() ? "" : " ", channel.unit);
  }
  return fmt::format("{}: {}", to_string(reading.state), plain_text(reading.why, kLongestWhy));
}

/// What `read` was asked for.
struct ReadRequest {
  const Clock& clock;
  std::vector<ChannelEntry> channels;
  bool json = false;
  const Station* machines_of = nullptr;  ///< all its channels are read: its machines can be told
};

/// Exit code 1 when one of them is not valid.
int print_all(const ReadRequest& request, const std::vector<Reading>& readings) {
  auto records = nlohmann::json::array();
  std::string text;
  bool all_valid = true;
  for (std::size_t place = 0; place < request.channels.size(); ++place) {
    const auto& channel = request.channels[place];
    const auto& reading = readings[place];
    all_valid = all_valid && reading.is_valid();
    records.push_back(reading_json(channel, reading));
    text += fmt::format("{:<20} {}\n", channel.name, reading_text(channel, reading));
  }
  print(request.json ? records.dump(2) : text);
  return all_valid ? kExitDone : kExitModulesBad;
}

/// What this one round of readings makes of module power and chillers.
void print_machines(const ReadRequest& request, const std::vector<Reading>& readings) {
  const auto now = request.clock.now();
  const auto reading_of = [&](const std::string& name) {
    const auto found = std::ranges::find(request.channels, name, &ChannelEntry::name);
    const auto place = static_cast<std::size_t>(found - request.channels.begin());
    return found == request.channels.end() ? Reading{} : as_of(*found, readings[place], now);
  };
  const auto& station = *request.machines_of;
  print(in_words(machines_as_read(station.module_powers, station.chillers, reading_of, now)));
}

int read_all_once(const ReadRequest& request, const QuantitySources& sources) {
  ChannelReadings readings{request.channels};
  std::vector<Reading> shown(request.channels.size());
  BenchReader{sources,
              request.clock,
              request.channels,
              [&](std::size_t place, const RawReading& raw, const Instant& at) {
                readings.take(place, raw, at);
                shown[place] = readings.reading(place, at);
              }}
      .read_once();
  const int code = print_all(request, shown);
  if (request.machines_of != nullptr && !request.json) {
    print_machines(request, shown);
  }
  return code;
}

void print_news(const ReadRequest& request, std::size_t place, const Reading& reading) {
  const auto& channel = request.channels[place];
  print(request.json ? reading_json(channel, reading).dump()
                     : fmt::format("{}  {:<20} {}",
                                   to_local_text(reading.at.wall),
                                   channel.name,
                                   reading_text(channel, reading)));
}

/// A line for each piece of news, until the program is ended.
int follow_all(const ReadRequest& request, const QuantitySources& sources) {
  ChannelReadings readings{request.channels};
  BenchReader{sources,
              request.clock,
              request.channels,
              [&](std::size_t place, const RawReading& raw, const Instant& at) {
                if (readings.take(place, raw, at)) {
                  print_news(request, place, readings.reading(place, at));
                }
              }}
      .read_until({});
  return kExitDone;
}

/// What the process that reads the bench has stored, by the place of the channel.
std::vector<Reading> stored_readings(const ReadingsFile& file,
                                     const std::vector<ChannelEntry>& channels) {
  std::vector<Reading> found(channels.size());
  for (auto& [name, reading] : file.newest()) {
    const auto channel = std::ranges::find(channels, name, &ChannelEntry::name);
    if (channel != channels.end()) {
      found[static_cast<std::size_t>(channel - channels.begin())] = std::move(reading);
    }
  }
  return found;
}

int read_stored_once(const ReadRequest& request, const ReadingsFile& file) {
  auto readings = stored_readings(file, request.channels);
  const auto now = request.clock.now();
  for (std::size_t place = 0; place < readings.size(); ++place) {
    readings[place] = as_of(request.channels[place], readings[place], now);
  }
  return print_all(request, readings);
}

/// As long as that process lives.
int follow_stored(const ReadRequest& request,
                  const ReadingsFile& file,
                  const std::function<bool()>& lives) {
  ChannelReadings readings{request.channels};
  for (; lives(); SystemClock::pause(kLooksEvery)) {
    const auto stored = stored_readings(file, request.channels);
    for (std::size_t place = 0; place < stored.size(); ++place) {
      const auto reading = as_of(request.channels[place], stored[place], request.clock.now());
      if (readings.take(place, reading)) {
        print_news(request, place, reading);
      }
    }
  }
  throw CommandError{kExitRefused, "the process that reads the bench has ended"};
}

/// Beside a living `fatmaster station`, which owns the instruments' links.
int read_stored(const ReadRequest& request,
                const Station& station,
                const BenchFiles& files,
                bool follow) {
  const ReadingsFile file{files.readings, ReadingsFile::Mode::Read};
  if (follow) {
    return follow_stored(
        request, file, [&] { return who_holds(station.state, files.lock).has_value(); });
  }
  const int code = read_stored_once(request, file);
  const auto now = request.clock.now();
  if (const auto lines = interlock_lines(station, files, now, false) + lease_lines(files, now) +
                         machine_lines(station, files);
      !lines.empty() && !request.json) {
    print(lines);
  }
  return code;
}

int read_bench(const Invocation& invocation) {
  const auto station = open_station(invocation).station;
  const SystemClock clock;
  auto channels = chosen_channels(station, invocation.arguments.values("CHANNEL"));
  if (is_virtual(invocation)) {
    std::cerr << "VIRTUAL station, not the bench\n";
  }
  const ReadRequest request{
      .clock = clock,
      .channels = std::move(channels),
      .json = invocation.arguments.has("json"),
      .machines_of = has_machines(station) && invocation.arguments.values("CHANNEL").empty()
                         ? &station
                         : nullptr};
  const bool follow = invocation.arguments.has("follow");
  if (const auto files = bench_files(invocation, station); who_holds(station.state, files.lock)) {
    return read_stored(request, station, files, follow);
  }
  const BenchInstruments bench{invocation, station, clock, "fatmaster read"};
  const auto files = bench_files(invocation, station);
  const UnlentSources sources{bench.quantities(), files, clock};
  return follow ? follow_all(request, sources) : read_all_once(request, sources);
}

}  // namespace

Command read_command() {
  return {.name = "read",
          .summary = "what the channels of station.ini show: value, unit, or why there is none",
          .details =
              "`fatmaster read [CHANNEL]...`: asks the instruments now, each once; without CHANNEL "
              "all channels. Where\n`fatmaster station` reads this bench, what it has read last. "
              "Exit code 1 when one of\nthem has no valid reading. With --follow it "
              "goes on, each channel at its period, and prints a line when a value moved\nby more "
              "than its dead_band or its state changed, until Ctrl-C. src/devices/README.md "
              "tells how channels are declared.",
          .options = {{.name = "CHANNEL",
                       .value = {},
                       .help = "of station.ini; none: all",
                       .repeated = true},
                      {.name = "--follow,-f", .value = {}, .help = "go on until Ctrl-C"},
                      {.name = "--json",
                       .value = {},
                       .help = "for programs; with --follow one object a line"}},
          .function = read_bench};
}

}  // namespace fat
