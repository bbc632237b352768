// Raw text of a user's file -> pieces that are safe to compare and to print.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fat/model/lower_case.hpp"  // IWYU pragma: export

namespace fat {

/// Without white space at both ends; what counts as white space is what Python's str.strip takes.
std::string_view trimmed(std::string_view text);
std::string_view trimmed_end(std::string_view text);

/// Number of white-space characters (not bytes) before the first other one.
std::size_t indent_of(std::string_view text);

/// Offset of the first byte that is not UTF-8 (overlong forms and surrogates are not), or nullopt.
std::optional<std::size_t> first_invalid_utf8(std::string_view text);

/// Fit to stand in a message: one line without control characters, some 60 bytes.
std::string shortened(std::string_view text);
/// shortened() in single quotes.
std::string in_quotes(std::string_view text);

/// True when `text` holds a control character (below 0x20, or 0x7f).
bool has_control_character(std::string_view text);

/// "a, b" and lines -> {"a", "b"}; empty items are left out.
std::vector<std::string> list_items(std::string_view text, std::string_view separators = ",\n");

}  // namespace fat
