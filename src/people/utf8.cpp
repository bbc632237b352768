// Bytes -> code points. The ranges are those of RFC 3629.
#include "people/utf8.hpp"

#include <array>

namespace fat {
namespace {

constexpr unsigned kTailBits = 6;
constexpr unsigned kTailMask = 0x3F;
constexpr unsigned kTailMark = 0x80;
constexpr unsigned kByteMask = 0xFF;

bool is_tail(char byte) {
  return (static_cast<unsigned>(byte) & 0xC0U) == kTailMark;
}

bool is_well_formed(char32_t value, std::size_t size) {
  constexpr std::array<char32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  return value >= smallest.at(size) && value <= 0x10FFFF && !surrogate;
}

}  // namespace

std::size_t utf8_length(unsigned char lead) {
  if (lead >= 0xF0 && lead <= 0xF4) {
    return 4;
  }
  if (lead >= 0xE0 && lead <= 0xEF) {
    return 3;
  }
  if (lead >= 0xC2 && lead <= 0xDF) {
    return 2;
  }
  return 1;
}

CodePoint decode_utf8(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < kTailMark) {
    return {.value = lead, .size = 1};
  }
  const std::size_t size = utf8_length(lead);
  if (size == 1 || text.size() < size) {
    return {};
  }
  char32_t value = lead & (kByteMask >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if (!is_tail(text[i])) {
      return {};
    }
    value = (value << kTailBits) | (static_cast<unsigned>(text[i]) & kTailMask);
  }
  if (!is_well_formed(value, size)) {
    return {};
  }
  return {.value = value, .size = size};
}

}  // namespace fat
