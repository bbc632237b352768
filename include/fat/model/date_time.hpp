// A calendar date and time that a person wrote -> a moment.
#pragma once

#include <optional>
#include <string_view>

#include "fat/model/instant.hpp"

namespace fat {

/// "2026-11-21 08:30", "2026-11-21T08:30:15", either with "Z" or an offset "+01:00" / "+0100" behind it; without one in the zone
/// named by TZ of this process (the station's zone). nullopt when it is not of that form, or no such day exists.
std::optional<WallTime> parse_date_time(std::string_view text);

}  // namespace fat
