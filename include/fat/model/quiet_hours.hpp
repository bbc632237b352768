// "22:00-07:00" -> the hours in which nobody wants to be called.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fat/model/instant.hpp"

namespace fat {

/// Minutes after midnight, local time; `until` may be smaller than `from`: it is over midnight.
struct QuietHours {
  int from = 0, until = 0;
};

/// nullopt when the text is no span of two times of day.
std::optional<QuietHours> parse_quiet_hours(std::string_view text);

/// "22:00-07:00".
std::string to_text(const QuietHours& hours);

/// Whether the moment lies in them, in the zone named by TZ of this process (the station's zone).
bool is_quiet(const QuietHours& hours, WallTime when);

}  // namespace fat
