#include "fat/store/services_file.hpp"

#include <utility>

#include "store/durable_file.hpp"
#include "store/kept_text.hpp"

namespace fat {

void write_services_memory(const ServiceFiles& files, const ServicesState& state, bool for_group) {
  store::replace_file(
      files.memory, to_json_text(state) + "\n", {.mode = store::kept_mode(for_group), .as = {}});
}

void publish_services_state(const ServiceFiles& files, const ServicesState& state, bool for_group) {
  store::replace_file(files.newest,
                      to_json_text(state) + "\n",
                      {.mode = store::kept_mode(for_group), .as = {}, .durable = false});
}

ServicesMemoryRead read_services_memory(const ServiceFiles& files) {
  auto [state, damage] = store::read_kept(files.memory, services_state_from_json_text);
  return {.state = std::move(state), .damage = std::move(damage)};
}

std::optional<ServicesState> newest_services_state(const ServiceFiles& files) {
  try {
    return services_state_from_json_text(store::read_whole(files.newest, store::kLongestKept));
  } catch (const std::exception&) {
    return std::nullopt;  // who asks says what follows from not knowing
  }
}

}  // namespace fat
