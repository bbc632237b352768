// A moment among stored fields. Private: only .cpp files include it.
#pragma once

#include <type_traits>

#include "fat/model/instant.hpp"
#include "model/stored_fields.hpp"

namespace fat {

void describe(auto& fields, std::type_identity<Instant>) {
  fields("wall_us", &Instant::wall, Keep::Always);
  fields("boot_us", &Instant::boot, Keep::Always);
  fields("boot_id", &Instant::boot_id, Keep::Always);
}

}  // namespace fat
