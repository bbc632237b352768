#include "fat/store/station_state_file.hpp"

#include <utility>

#include "store/durable_file.hpp"
#include "store/kept_text.hpp"

namespace fat {

void write_interlock_memory(const StationStateFiles& files,
                            const StationState& state,
                            bool for_group) {
  store::replace_file(
      files.memory, to_json_text(state) + "\n", {.mode = store::kept_mode(for_group), .as = {}});
}

InterlockMemoryRead read_interlock_memory(const StationStateFiles& files) {
  auto [state, damage] = store::read_kept(files.memory, station_state_from_json_text);
  return {.state = std::move(state), .damage = std::move(damage)};
}

void publish_station_state(const StationStateFiles& files,
                           const StationState& state,
                           bool for_group) {
  store::replace_file(files.newest,
                      to_json_text(state) + "\n",
                      {.mode = store::kept_mode(for_group), .as = {}, .durable = false});
}

std::optional<StationState> newest_station_state(const StationStateFiles& files) {
  try {
    return station_state_from_json_text(store::read_whole(files.newest, store::kLongestKept));
  } catch (const std::exception&) {
    return std::nullopt;  // who asks says what follows from not knowing
  }
}

}  // namespace fat
