// "2026-11-22 07:00" as a person writes it -> a moment, and back.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fat/model/instant.hpp"

namespace fat {

/// "YYYY-MM-DD HH:MM" or with ":SS", in the zone named by TZ of this process (the station's zone).
/// nullopt when it is not one.
std::optional<WallTime> parse_local_time(std::string_view text);

/// "YYYY-MM-DD" in the same zone.
std::string local_date(WallTime moment);

}  // namespace fat
