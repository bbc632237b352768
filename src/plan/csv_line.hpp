// One line of a CSV file -> its cells.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fat {

/// Cells without white space around them; within "..." everything is literal and "" is a quote.
/// nullopt when a quote is not closed: a cell never goes over the end of its line.
std::optional<std::vector<std::string>> split_csv_line(std::string_view line, char separator);

}  // namespace fat
