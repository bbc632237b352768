// Words of our enums -> enumerators, by the enum's own to_string. Every enum here counts from 0
// without gaps.
#pragma once

#include <optional>
#include <string_view>

namespace fat {

/// The enumerator whose to_string() is exactly `text`; `last` is the enum's last one.
template <class Enum>
std::optional<Enum> parse_word(std::string_view text, Enum last) {
  for (int value = 0; value <= static_cast<int>(last); ++value) {
    const auto candidate = static_cast<Enum>(value);
    if (to_string(candidate) == text) {
      return candidate;
    }
  }
  return std::nullopt;
}

/// What to_string() gives for a number that is no enumerator; parses as nothing.
inline constexpr std::string_view kNoSuchWord = "unknown value";

}  // namespace fat
