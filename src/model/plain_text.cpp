// Bytes of a stranger -> valid UTF-8, and text that is safe on a terminal.
#include "fat/model/plain_text.hpp"

#include <cstdint>

namespace fat {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t length = 0;  ///< bytes; 0: not valid UTF-8 here
};

/// Length that the first byte announces; 0 when it may not come first.
std::size_t announced_length(unsigned char first) {
  if (first < 0x80) {
    return 1;
  }
  if (first < 0xC2 || first > 0xF4) {
    return 0;
  }
  if (first < 0xE0) {
    return 2;
  }
  return first < 0xF0 ? 3 : 4;
}

bool is_allowed(std::uint32_t value, std::size_t length) {
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  return !surrogate && !overlong && value <= 0x10FFFF;
}

CodePoint code_point_at(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = announced_length(first);
  if (length <= 1 || length > text.size()) {
    return {first, length == 1 ? std::size_t{1} : std::size_t{0}};
  }
  std::uint32_t value = first & (0xFFU >> (length + 1));
  for (const char next : text.substr(1, length - 1)) {
    const auto byte = static_cast<unsigned char>(next);
    if ((byte & 0xC0U) != 0x80U) {
      return {};
    }
    value = (value << 6U) | (byte & 0x3FU);
  }
  return is_allowed(value, length) ? CodePoint{value, length} : CodePoint{};
}

bool is_space(std::uint32_t value) {
  return value == '\t' || value == '\n' || value == '\r' || value == 0x2028 || value == 0x2029;
}

/// Also the marks that turn the reading direction: they can make a text look like another one.
bool is_control(std::uint32_t value) {
  return value < 0x20 || (value >= 0x7F && value <= 0x9F) || (value >= 0x202A && value <= 0x202E) ||
         (value >= 0x2066 && value <= 0x2069);
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const auto length = code_point_at(text).length;
    result += length == 0 ? kReplacement : text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return result;
}

std::string plain_text(std::string_view text, std::size_t max_bytes) {
  std::string result;
  while (!text.empty()) {
    const auto [value, length] = code_point_at(text);
    std::string_view shown = length == 0 ? kReplacement : text.substr(0, length);
    if (length != 0 && is_space(value)) {
      shown = " ";
    } else if (length != 0 && is_control(value)) {
      shown = "";
    }
    if (result.size() + shown.size() > max_bytes) {
      break;
    }
    result += shown;
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return result;
}

}  // namespace fat
