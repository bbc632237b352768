#include "fat/store/station_state_file.hpp"

#include <system_error>

#include <fmt/format.h>

#include "store/durable_file.hpp"

namespace fat {

namespace {

constexpr std::uint64_t kLongestState = 4U << 20U;

unsigned mode_of(bool for_group) {
  return for_group ? 0660 : 0600;
}

}  // namespace

void write_interlock_memory(const StationStateFiles& files,
                            const StationState& state,
                            bool for_group) {
  store::replace_file(
      files.memory, to_json_text(state) + "\n", {.mode = mode_of(for_group), .as = {}});
}

InterlockMemoryRead read_interlock_memory(const StationStateFiles& files) {
  std::error_code error;
  const auto status = std::filesystem::symlink_status(files.memory, error);
  if (!std::filesystem::exists(status)) {
    return {};
  }
  std::string why = "it is not what it should be";
  try {
    if (auto state = station_state_from_json_text(store::read_whole(files.memory, kLongestState))) {
      return {.state = std::move(state), .damage = {}};
    }
  } catch (const std::exception& failure) {
    why = failure.what();
  }
  return {.state = {}, .damage = fmt::format("{} cannot be read: {}", files.memory.string(), why)};
}

void publish_station_state(const StationStateFiles& files,
                           const StationState& state,
                           bool for_group) {
  store::replace_file(files.newest,
                      to_json_text(state) + "\n",
                      {.mode = mode_of(for_group), .as = {}, .durable = false});
}

std::optional<StationState> newest_station_state(const StationStateFiles& files) {
  try {
    return station_state_from_json_text(store::read_whole(files.newest, kLongestState));
  } catch (const std::exception&) {
    return std::nullopt;  // who asks says what follows from not knowing
  }
}

}  // namespace fat
