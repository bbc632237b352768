#include "fat/engine/machine_table.hpp"

#include <cmath>

#include <fmt/format.h>

namespace fat {

std::optional<double> shown_number(const std::string& channel,
                                   const ReadingOf& reading_of,
                                   std::string& why) {
  const auto reading = reading_of(channel);
  if (reading.is_valid() && reading.value && std::isfinite(*reading.value)) {
    return reading.value;
  }
  if (why.empty()) {
    why = reading.is_valid()
              ? fmt::format("{} shows no number", channel)
              : fmt::format("{} is {}: {}", channel, to_string(reading.state), reading.why);
  }
  return std::nullopt;
}

}  // namespace fat
