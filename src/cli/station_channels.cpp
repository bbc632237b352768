#include "cli/station_channels.hpp"

#include <algorithm>
#include <stdexcept>

#include "cli/bench_instruments.hpp"
#include "cli/leased_instruments.hpp"
#include "cli/set_command.hpp"
#include "fat/engine/channel_readings.hpp"
#include "fat/model/channel_setting.hpp"
#include "fat/runner/bench_reader.hpp"
#include "fat/runner/system_clock.hpp"
#include "fat/store/readings_file.hpp"
#include "fat/store/station_lock.hpp"

namespace fat {

namespace {

constexpr Microseconds kStoredAnewEvery = std::chrono::milliseconds{200};
/// Besides two periods: readings are stored once a second, and an instrument may be slow.
constexpr Microseconds kNewReadingTakes = std::chrono::seconds{15};

}  // namespace

StationChannels::StationChannels(const Invocation& invocation,
                                 const Station& station,
                                 const Clock& clock)
    : invocation_(invocation),
      station_(station),
      clock_(clock),
      files_(bench_files(invocation, station)) {}

const ChannelEntry& StationChannels::entry_of(const std::string& name) const {
  return channel_named(station_, name);
}

bool StationChannels::somebody_reads() const {
  return who_holds(station_.state, files_.lock).has_value();
}

Reading StationChannels::stored(const ChannelEntry& channel) const {
  for (auto& [name, reading] : ReadingsFile{files_.readings, ReadingsFile::Mode::Read}.newest()) {
    if (name == channel.name) {
      return std::move(reading);
    }
  }
  return {};
}

Reading StationChannels::asked(const ChannelEntry& channel) const {
  const BenchInstruments bench{invocation_, station_, clock_, "a step's channels"};
  const UnlentSources sources{bench.quantities(), files_, clock_};
  ChannelReadings readings{{channel}};
  BenchReader{sources,
              clock_,
              {channel},
              [&](std::size_t place, const RawReading& raw, const Instant& at) {
                readings.take(place, raw, at);
              }}
      .read_once();
  return readings.reading(0, clock_.now());
}

ChannelValue StationChannels::read(const std::string& channel) const {
  const auto& entry = entry_of(channel);
  const auto reading = somebody_reads() ? as_of(entry, stored(entry), clock_.now()) : asked(entry);
  return {.reading = reading, .unit = entry.unit};
}

ChannelValue StationChannels::read_anew(const std::string& channel) const {
  const auto& entry = entry_of(channel);
  const auto began = clock_.now();
  const auto patience = (2 * entry.period) + kNewReadingTakes;
  while (somebody_reads()) {
    const auto now = clock_.now();
    const auto reading = stored(entry);
    if (elapsed(began, reading.at) > Microseconds{0}) {
      return {.reading = as_of(entry, reading, now), .unit = entry.unit};
    }
    if (elapsed(began, now) > patience) {
      return {.reading = {.at = reading.at,
                          .value = {},
                          .state = ReadingState::Stale,
                          .why = "no new reading within " + to_text(patience)},
              .unit = entry.unit};
    }
    SystemClock::pause(kStoredAnewEvery);
  }
  return {.reading = asked(entry), .unit = entry.unit};
}

void StationChannels::set(const std::string& channel, const std::string& value) const {
  const auto& entry = entry_of(channel);
  const auto [number, problem] = parse_channel_setting(entry, value);
  const auto why_not = problem.empty() ? set_here(invocation_, station_, entry, number) : problem;
  if (!why_not.empty()) {
    throw std::runtime_error{channel + " is not set: " + why_not};
  }
}

}  // namespace fat
