// Printable text -> text that takes a given number of columns of a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace fat {

/// Columns that `text` takes: 2 for wide characters, 0 for combining ones.
int columns(std::string_view text);

/// `text`, or as much of its beginning as fits into `width` columns with "..." at the end.
std::string fit(std::string_view text, int width);

/// `text`, or as much of its end as fits into `width` columns with "..." at the beginning.
std::string fit_end(std::string_view text, int width);

/// fit(), then blanks up to `width`.
std::string padded(std::string_view text, int width);

/// Broken between words into lines of at most `width` columns; at most `lines` of them, the last
/// one fit().
std::vector<std::string> wrapped(std::string_view text, int width, std::size_t lines);

}  // namespace fat
