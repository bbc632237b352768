#include "cli/bench_instruments.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/child_environment.hpp"
#include "cli/virtual_station.hpp"
#include "fat/model/suggestion.hpp"

namespace fat {

namespace {

std::vector<DeviceEntry> devices_of(const Invocation& invocation,
                                    const Station& station,
                                    const StationLapse* lapse) {
  if (lapse != nullptr) {
    return lapse->devices(station);
  }
  return is_virtual(invocation)
             ? virtual_devices(ensure_virtual_station(station.state, {}), station.devices)
             : station.devices;
}

}  // namespace

const ChannelEntry& channel_named(const Station& station, const std::string& name) {
  const auto found = std::ranges::find(station.channels, name, &ChannelEntry::name);
  if (found != station.channels.end()) {
    return *found;
  }
  std::vector<std::string> known;
  std::ranges::transform(station.channels, std::back_inserter(known), &ChannelEntry::name);
  throw UsageError{fmt::format("there is no channel '{}'{}; there are: {}",
                               name,
                               did_you_mean(name, known),
                               fmt::join(known, ", "))};
}

bool is_virtual(const Invocation& invocation) {
  const char* const inherited = std::getenv("FATMASTER_VIRTUAL");
  return invocation.virtual_station || (inherited != nullptr && std::string_view{inherited} == "1");
}

BenchInstruments::BenchInstruments(const Invocation& invocation,
                                   const Station& station,
                                   const Clock& clock,
                                   const std::string& purpose,
                                   BenchLinks links)
    : devices_(devices_of(invocation, station, links.lapse)),
      instruments_(clock,
                   devices_,
                   {station.locks, purpose},
                   is_virtual(invocation) ? "the virtual station" : "station.ini",
                   {.wait = links.lapse == nullptr ? nullptr : &links.lapse->wires(),
                    .wires = links.wires,
                    .station = {}}),
      quantities_(instruments_, links.wires) {
  forget_secrets(station);  // programs that are sensors need none of them
}

}  // namespace fat
