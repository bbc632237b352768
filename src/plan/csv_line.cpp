// One line of a CSV file -> its cells.
#include "plan/csv_line.hpp"

#include "plan/raw_text.hpp"

namespace fat {

std::optional<std::vector<std::string>> split_csv_line(std::string_view line, char separator) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char byte = line[i];
    const bool doubled = quoted && byte == '"' && i + 1 < line.size() && line[i + 1] == '"';
    if (byte == '"' && !doubled) {
      quoted = !quoted;
    } else if (byte == separator && !quoted) {
      cells.emplace_back();
    } else {
      cells.back() += byte;
    }
    i += doubled ? 1 : 0;
  }
  if (quoted) {
    return std::nullopt;
  }
  for (std::string& cell : cells) {
    cell = std::string{trimmed(cell)};
  }
  return cells;
}

}  // namespace fat
