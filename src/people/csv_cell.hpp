// A text -> a cell of a CSV table that no spreadsheet calculates.
#pragma once

#include <string>

namespace fat {

/// One line without control characters; quoted when it must be; "'" before what a spreadsheet would
/// take for a formula.
std::string csv_cell(const std::string& text);

}  // namespace fat
