// Text -> the same without blanks at its ends.
#pragma once

#include <string_view>

namespace fat {

/// Without spaces, tabs and line ends at both ends.
inline std::string_view trimmed_of_blanks(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) {
    return "";
  }
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace fat
