#include "cli/station_start.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/exit_code.hpp"
#include "cli/interlock_watch.hpp"
#include "fat/devices/device_quantities.hpp"
#include "fat/store/station_state_file.hpp"

namespace fat {

StationLock lock_bench(const Station& station, const BenchFiles& files) {
  try {
    return {station.state,
            this_process(0),
            std::chrono::seconds{2},
            !station.group.empty(),
            files.lock};
  } catch (const StationOwned& owned) {
    throw CommandError{kExitOwned,
                       fmt::format("process {} of {} on {} reads this bench already; end it first",
                                   owned.owner().pid,
                                   owned.owner().user,
                                   owned.owner().host)};
  }
}

StationState remembered(const Station& station, const BenchFiles& files, Spokesman& voice) {
  auto [state, damage] = read_interlock_memory(files.state);
  if (!damage.empty()) {
    keep_damaged(files.state.memory);
    voice.alarm(damage + "; every interlock that latches is latched until a person resets it");
    return latched_for_want_of_memory(station, damage);
  }
  return state.value_or(StationState{});
}

std::vector<std::string> switchable_instruments(const Station& station) {
  std::vector<std::string> names;
  for (const auto& device : station.devices) {
    const auto all = quantities_of(device);
    const bool switchable =
        std::ranges::any_of(all, [](const QuantityInfo& one) { return one.settable.has_value(); });
    const bool has_channel =
        std::ranges::find(station.channels, device.name, &ChannelEntry::instrument) !=
        station.channels.end();
    if (switchable && has_channel) {
      names.push_back(device.name);
    }
  }
  return names;
}

}  // namespace fat
