#include "people/csv_cell.hpp"

#include <string_view>

#include "fat/model/plain_text.hpp"

namespace fat {

std::string csv_cell(const std::string& text) {
  auto safe = plain_text(text, text.size());
  const auto first = safe.find_first_not_of(' ');
  if (first != std::string::npos &&
      std::string_view{"=+-@"}.find(safe[first]) != std::string_view::npos) {
    safe.insert(safe.begin(), '\'');
  }
  if (safe.find_first_of(",\"") == std::string::npos) {
    return safe;
  }
  std::string quoted = "\"";
  for (const char letter : safe) {
    quoted += letter == '"' ? "\"\"" : std::string{letter};
  }
  return quoted + '"';
}

}  // namespace fat
