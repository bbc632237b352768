// Small pieces of the texts people read: safe text, a word to type, a number of things.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fat {

/// One line without control characters and blanks at its end, at most 64 KiB: what foreign text
/// must be before it is shown.
std::string printable(std::string_view text);

/// `text` as one word to be typed in a shell, quoted when it needs that.
std::string shell_word(std::string_view text);

/// "1 step", "14 steps".
std::string plural(std::size_t number, std::string_view word);

}  // namespace fat
