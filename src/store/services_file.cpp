#include "fat/store/services_file.hpp"

#include <system_error>

#include <fmt/format.h>

#include "store/durable_file.hpp"

namespace fat {

namespace {

constexpr std::uint64_t kLongestServices = 4U << 20U;

unsigned services_mode(bool for_group) {
  return for_group ? 0660 : 0600;
}

}  // namespace

void write_services_memory(const ServiceFiles& files, const ServicesState& state, bool for_group) {
  store::replace_file(
      files.memory, to_json_text(state) + "\n", {.mode = services_mode(for_group), .as = {}});
}

void publish_services_state(const ServiceFiles& files, const ServicesState& state, bool for_group) {
  store::replace_file(files.newest,
                      to_json_text(state) + "\n",
                      {.mode = services_mode(for_group), .as = {}, .durable = false});
}

ServicesMemoryRead read_services_memory(const ServiceFiles& files) {
  std::error_code error;
  if (!std::filesystem::exists(std::filesystem::symlink_status(files.memory, error))) {
    return {};
  }
  std::string why = "it is not what it should be";
  try {
    auto state = services_state_from_json_text(store::read_whole(files.memory, kLongestServices));
    if (state) {
      return {.state = std::move(state), .damage = {}};
    }
  } catch (const std::exception& failure) {
    why = failure.what();
  }
  return {.state = {}, .damage = fmt::format("{} cannot be read: {}", files.memory.string(), why)};
}

std::optional<ServicesState> newest_services_state(const ServiceFiles& files) {
  try {
    return services_state_from_json_text(store::read_whole(files.newest, kLongestServices));
  } catch (const std::exception&) {
    return std::nullopt;  // who asks says what follows from not knowing
  }
}

}  // namespace fat
