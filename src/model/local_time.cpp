#include "fat/model/local_time.hpp"

#include <array>
#include <ctime>
#include <string>

namespace fat {

std::optional<WallTime> parse_local_time(std::string_view text) {
  const std::string copy{text};
  for (const char* format : {"%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"}) {
    std::tm fields{};
    const char* end = strptime(copy.c_str(), format, &fields);
    if (end == nullptr || *end != '\0') {
      continue;
    }
    fields.tm_isdst = -1;
    const int day = fields.tm_mday;
    const std::time_t seconds = std::mktime(&fields);
    if (seconds == -1 || fields.tm_mday != day) {
      return std::nullopt;
    }
    return WallTime{std::chrono::seconds{seconds}};
  }
  return std::nullopt;
}

std::string local_date(WallTime moment) {
  const auto seconds = static_cast<std::time_t>(
      std::chrono::duration_cast<std::chrono::seconds>(moment.time_since_epoch()).count());
  std::tm fields{};
  localtime_r(&seconds, &fields);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &fields)};
}

}  // namespace fat
