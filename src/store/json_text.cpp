// Code points in and out; what is not UTF-8 becomes U+FFFD, never an error: a title must not stop
// the record of a run.
#include "store/json_text.hpp"

#include <array>
#include <charconv>
#include <cstdint>

#include <fmt/format.h>

#include "store/json_members.hpp"

namespace fat::store {

namespace {

constexpr std::uint32_t kReplacement = 0xfffd;

void append_utf8(std::string& text, std::uint32_t point) {
  const auto put = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  if (point < 0x80) {
    put(point);
    return;
  }
  if (point < 0x800) {
    put(0xc0U | (point >> 6U));
    put(0x80U | (point & 0x3fU));
    return;
  }
  if (point < 0x10000) {
    put(0xe0U | (point >> 12U));
    put(0x80U | ((point >> 6U) & 0x3fU));
    put(0x80U | (point & 0x3fU));
    return;
  }
  put(0xf0U | (point >> 18U));
  put(0x80U | ((point >> 12U) & 0x3fU));
  put(0x80U | ((point >> 6U) & 0x3fU));
  put(0x80U | (point & 0x3fU));
}

bool is_high(std::uint32_t unit) {
  return unit >= 0xd800 && unit < 0xdc00;
}

bool is_low(std::uint32_t unit) {
  return unit >= 0xdc00 && unit < 0xe000;
}

/// The four digits at the start; 0 when there are none.
std::uint32_t hex_unit(std::string_view digits) {
  std::uint32_t unit = 0;
  const auto four = digits.substr(0, 4);
  std::from_chars(four.data(), four.data() + four.size(), unit, 16);
  return unit;
}

/// At the 'u' of an escape. Takes what it uses from `rest`.
std::uint32_t take_unicode(std::string_view& rest) {
  const auto unit = hex_unit(rest.substr(1));
  rest.remove_prefix(5);
  if (is_high(unit) && rest.starts_with("\\u")) {
    const auto low = hex_unit(rest.substr(2));
    if (is_low(low)) {
      rest.remove_prefix(6);
      return 0x10000 + ((unit - 0xd800) << 10U) + (low - 0xdc00);
    }
  }
  return is_high(unit) || is_low(unit) ? kReplacement : unit;
}

std::uint32_t take_escape(std::string_view& rest) {
  if (rest.front() == 'u') {
    return take_unicode(rest);
  }
  constexpr std::string_view letters = "bfnrt";
  constexpr std::string_view meanings = "\b\f\n\r\t";
  const char letter = rest.front();
  rest.remove_prefix(1);
  const auto found = letters.find(letter);
  return static_cast<unsigned char>(found == std::string_view::npos ? letter : meanings[found]);
}

/// How long the sequence is that starts with this byte; 0 when none does.
std::size_t sequence_length(unsigned char first) {
  if (first < 0x80) {
    return 1;
  }
  if (first >= 0xc2 && first < 0xe0) {
    return 2;
  }
  if (first >= 0xe0 && first < 0xf0) {
    return 3;
  }
  return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

bool is_legal(std::uint32_t point, std::size_t length) {
  constexpr std::array<std::uint32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
  return point >= smallest[length] && point < 0x110000 && !is_high(point) && !is_low(point);
}

std::uint32_t take_code_point(std::string_view& rest) {
  const auto first = static_cast<unsigned char>(rest.front());
  const auto length = sequence_length(first);
  if (length <= 1 || rest.size() < length) {
    rest.remove_prefix(1);
    return length == 1 ? first : kReplacement;
  }
  std::uint32_t point = first & (0xffU >> (length + 1));
  for (std::size_t index = 1; index < length; ++index) {
    const auto byte = static_cast<unsigned char>(rest[index]);
    if ((byte & 0xc0U) != 0x80U) {
      rest.remove_prefix(1);
      return kReplacement;
    }
    point = (point << 6U) | (byte & 0x3fU);
  }
  rest.remove_prefix(is_legal(point, length) ? length : 1);
  return is_legal(point, length) ? point : kReplacement;
}

void append_escaped(std::string& text, std::uint32_t point) {
  constexpr std::string_view special = "\"\\\b\f\n\r\t";
  constexpr std::string_view letters = "\"\\bfnrt";
  const auto found = point < 0x80 ? special.find(static_cast<char>(point)) : std::string_view::npos;
  if (found != std::string_view::npos) {
    text += '\\';
    text += letters[found];
    return;
  }
  if (point >= 0x20 && point < 0x7f) {
    text += static_cast<char>(point);
    return;
  }
  if (point < 0x10000) {
    text += fmt::format("\\u{:04x}", point);
    return;
  }
  const auto rest = point - 0x10000;
  text += fmt::format("\\u{:04x}\\u{:04x}", 0xd800 + (rest >> 10U), 0xdc00 + (rest & 0x3ffU));
}

}  // namespace

std::string decode_json_string(std::string_view quoted) {
  std::string text;
  std::string_view rest = quoted.substr(1, quoted.size() - 2);
  while (!rest.empty()) {
    if (rest.front() != '\\') {
      text += rest.front();
      rest.remove_prefix(1);
      continue;
    }
    rest.remove_prefix(1);
    append_utf8(text, take_escape(rest));
  }
  return text;
}

std::string to_json_string(std::string_view text) {
  std::string quoted = "\"";
  while (!text.empty()) {
    append_escaped(quoted, take_code_point(text));
  }
  return quoted + "\"";
}

}  // namespace fat::store
