// What the supervised services of a station are doing -> two files in STATE, and back.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "fat/model/service_state.hpp"

namespace fat {

/// The memory that outlives the process and the power, the newest state for whoever looks, and a
/// folder with the starts and logs of each service.
struct ServiceFiles {
  std::filesystem::path memory;  ///< "services.json"
  std::filesystem::path newest;  ///< "services_state.json"
  std::filesystem::path folder;  ///< "services"
};

/// Durable when it returns. Throws std::system_error. REQUIRES: one writer.
void write_services_memory(const ServiceFiles& files, const ServicesState& state, bool for_group);

/// Atomic, not durable. Throws std::system_error. REQUIRES: one writer.
void publish_services_state(const ServiceFiles& files, const ServicesState& state, bool for_group);

struct ServicesMemoryRead {
  std::optional<ServicesState> state;  ///< nullopt: there is none yet, or it is damaged
  std::string damage;                  ///< a sentence; empty: none
};

/// A damaged file stays as it is. Never throws.
ServicesMemoryRead read_services_memory(const ServiceFiles& files);

/// nullopt when there is none, or it cannot be read. Never throws.
std::optional<ServicesState> newest_services_state(const ServiceFiles& files);

}  // namespace fat
