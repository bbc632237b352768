// A number in a stranger's JSON -> an integer, when it is one.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <utility>

namespace fat {

/// Nothing for anything but a whole number that fits: 1.0 and 1e300 are none. `json` is of
/// nlohmann's kind, whose own get() makes of any number what happens to come out.
template <std::integral Integer, class Json>
std::optional<Integer> whole_number(const Json& json) {
  if (json.is_number_unsigned()) {
    const auto value = json.template get<std::uint64_t>();
    return std::in_range<Integer>(value) ? std::optional{static_cast<Integer>(value)}
                                         : std::nullopt;
  }
  if (json.is_number_integer()) {
    const auto value = json.template get<std::int64_t>();
    return std::in_range<Integer>(value) ? std::optional{static_cast<Integer>(value)}
                                         : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace fat
