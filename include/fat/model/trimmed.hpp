// Text -> the same without blanks at its ends; the first of a list.
#pragma once

#include <cstddef>
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

/// Of "a [1, 2], b": up to the first comma that is not within brackets, or the whole.
inline std::size_t length_of_first(std::string_view list) {
  bool inside = false;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i] == ',' && !inside) {
      return i;
    }
    inside = list[i] == '[' || (inside && list[i] != ']');
  }
  return list.size();
}

}  // namespace fat
