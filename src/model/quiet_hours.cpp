// Text <-> two times of day; a moment -> whether it lies between them.
#include "fat/model/quiet_hours.hpp"

#include <fmt/format.h>

#include "fat/model/quantity.hpp"
#include "fat/model/trimmed.hpp"

namespace fat {

namespace {

constexpr int kMinutesOfAnHour = 60;

/// "07:30" -> 450.
std::optional<int> minutes_of(std::string_view text) {
  constexpr std::size_t length = 5;  // HH:MM
  if (text.size() != length || text[2] != ':') {
    return std::nullopt;
  }
  const auto hour = parse_integer(text.substr(0, 2)), minute = parse_integer(text.substr(3));
  const bool fits =
      hour && minute && *hour >= 0 && *hour < 24 && *minute >= 0 && *minute < kMinutesOfAnHour;
  return fits ? std::optional{static_cast<int>((*hour * kMinutesOfAnHour) + *minute)}
              : std::nullopt;
}

}  // namespace

std::optional<QuietHours> parse_quiet_hours(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) {
    return std::nullopt;
  }
  const auto from = minutes_of(trimmed_of_blanks(text.substr(0, dash)));
  const auto until = minutes_of(trimmed_of_blanks(text.substr(dash + 1)));
  return from && until ? std::optional{QuietHours{*from, *until}} : std::nullopt;
}

std::string to_text(const QuietHours& hours) {
  return fmt::format("{:02}:{:02}-{:02}:{:02}",
                     hours.from / kMinutesOfAnHour,
                     hours.from % kMinutesOfAnHour,
                     hours.until / kMinutesOfAnHour,
                     hours.until % kMinutesOfAnHour);
}

bool is_quiet(const QuietHours& hours, WallTime when) {
  constexpr std::size_t time_of_day = 11;  // in "2026-11-21 03:20:02 +0100"
  const auto text = to_local_text(when);
  const auto minute = minutes_of(std::string_view{text}.substr(time_of_day, 5));
  if (!minute) {
    return false;
  }
  return hours.from <= hours.until ? hours.from <= *minute && *minute < hours.until
                                   : hours.from <= *minute || *minute < hours.until;
}

}  // namespace fat
