#include "cli/bench_seen.hpp"

#include <algorithm>
#include <utility>

#include "cli/bench_files.hpp"
#include "cli/lease_client.hpp"
#include "cli/service_guard.hpp"
#include "cli/station_guard.hpp"
#include "fat/engine/channel_readings.hpp"
#include "fat/store/readings_file.hpp"
#include "fat/store/station_lock.hpp"

namespace fat {

namespace {

/// Readings are stored once a second: so much older than the channel's own is what the file knows.
constexpr Microseconds kStoredWithin = std::chrono::seconds{2};

Instant earlier(Instant now, Microseconds by) {
  now.wall -= by;
  now.boot -= by;
  return now;
}

}  // namespace

void look_at_bench(const Station& station, const Instant& now, BenchSeen& seen) {
  const auto files = bench_files(station, seen.is_virtual);
  seen.interlocks = living_station_state(files, now);
  seen.lives = station.interlocks.empty() ? who_holds(station.state, files.lock).has_value()
                                          : seen.interlocks.has_value();
  seen.leases = leases_in_file(files, now);
  seen.services = living_services_state(station, files, seen.is_virtual, now);
  if (station.channels.empty()) {
    return;
  }
  for (auto& [channel, reading] : ReadingsFile{files.readings, ReadingsFile::Mode::Read}.newest()) {
    seen.readings[channel] = std::move(reading);
  }
}

Reading reading_of(const ChannelEntry& channel, const BenchSeen& seen, const Instant& now) {
  const auto found = seen.readings.find(channel.name);
  return found == seen.readings.end() ? Reading{}
                                      : as_of(channel, found->second, earlier(now, kStoredWithin));
}

const InterlockState* state_of(const std::string& interlock, const BenchSeen& seen) {
  if (!seen.interlocks) {
    return nullptr;
  }
  const auto& all = seen.interlocks->interlocks;
  const auto found = std::ranges::find(all, interlock, &InterlockState::name);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace fat
