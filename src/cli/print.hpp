// Small things every command prints.
#pragma once

#include <string>
#include <vector>

#include "fat/model/problem.hpp"

namespace fat {

/// One a line on stderr; errors first as they stand.
void print_problems(const std::vector<Problem>& problems);

/// Data on stdout, with a line end if it has none.
void print(const std::string& text);

/// The same, broken between words into lines of at most `width` bytes.
void print(const std::string& text, int width);

/// Columns of stdout, 80 when it is no terminal.
int output_width();

/// "2026-11-21", in the station's zone.
std::string today();

/// This program's version.
const char* program_version();

}  // namespace fat
