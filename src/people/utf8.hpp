// Bytes -> code points, one at a time, hostile bytes included.
#pragma once

#include <cstddef>
#include <string_view>

namespace fat {

/// What stands for a byte that is not part of valid UTF-8.
constexpr char32_t kReplacement = 0xFFFD;

struct CodePoint {
  char32_t value = kReplacement;
  std::size_t size = 1;  ///< bytes it took
};

/// First code point of `text`, which must not be empty. Overlong forms, surrogates and torn
/// sequences give kReplacement and take one byte.
CodePoint decode_utf8(std::string_view text);

/// Bytes of the sequence that `lead` opens: 1 to 4; 1 for a byte that opens none.
std::size_t utf8_length(unsigned char lead);

}  // namespace fat
