// Raw text of a user's file -> pieces that are safe to compare and to print.
#include "plan/raw_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "fat/model/plain_text.hpp"

namespace fat {

namespace {

struct Character {
  std::uint32_t code = 0;
  std::size_t length = 0;  ///< bytes; 0: not UTF-8
};

bool is_tail(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

/// Length a lead byte announces, with the payload bits it carries itself; 0 for no lead byte.
Character lead_of(unsigned char byte) {
  if (byte < 0x80U) {
    return {byte, 1};
  }
  if (byte >= 0xC2U && byte < 0xE0U) {
    return {byte & 0x1FU, 2};
  }
  if (byte >= 0xE0U && byte < 0xF0U) {
    return {byte & 0x0FU, 3};
  }
  if (byte >= 0xF0U && byte < 0xF5U) {
    return {byte & 0x07U, 4};
  }
  return {};
}

Character character_at(std::string_view text, std::size_t at) {
  Character result = lead_of(static_cast<unsigned char>(text[at]));
  if (result.length == 0 || at + result.length > text.size()) {
    return {};
  }
  for (std::size_t i = 1; i < result.length; ++i) {
    if (!is_tail(text[at + i])) {
      return {};
    }
    result.code = (result.code << 6U) | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
  }
  constexpr std::array<std::uint32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = result.code >= 0xD800 && result.code < 0xE000;
  if (result.code < smallest.at(result.length) || surrogate || result.code > 0x10FFFF) {
    return {};
  }
  return result;
}

bool is_space(std::uint32_t code) {
  if (code < 0x80) {
    return (code >= 9 && code <= 13) || (code >= 28 && code <= 32);
  }
  constexpr std::array<std::uint32_t, 8> others{
      0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000};
  return (code >= 0x2000 && code <= 0x200A) || std::ranges::find(others, code) != others.end();
}

}  // namespace

std::string_view trimmed_end(std::string_view text) {
  while (!text.empty()) {
    std::size_t start = text.size() - 1;
    while (start > 0 && is_tail(text[start])) {
      --start;
    }
    const Character last = character_at(text, start);
    if (last.length == 0 || start + last.length != text.size() || !is_space(last.code)) {
      break;
    }
    text.remove_suffix(last.length);
  }
  return text;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty()) {
    const Character first = character_at(text, 0);
    if (first.length == 0 || !is_space(first.code)) {
      break;
    }
    text.remove_prefix(first.length);
  }
  return trimmed_end(text);
}

std::size_t indent_of(std::string_view text) {
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size(); ++characters) {
    const Character next = character_at(text, at);
    if (next.length == 0 || !is_space(next.code)) {
      break;
    }
    at += next.length;
  }
  return characters;
}

std::optional<std::size_t> first_invalid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80U) {
      ++at;
      continue;
    }
    const Character next = character_at(text, at);
    if (next.length == 0) {
      return at;
    }
    at += next.length;
  }
  return std::nullopt;
}

bool has_control_character(std::string_view text) {
  return std::ranges::any_of(text, [](char letter) {
    const auto code = static_cast<unsigned char>(letter);
    return code < 0x20U || code == 0x7FU;
  });
}

std::string shortened(std::string_view text) {
  constexpr std::size_t most = 60;
  const auto shown = plain_text(text.substr(0, 4 * most), most);
  return text.size() > most ? shown + "..." : shown;
}

std::string in_quotes(std::string_view text) {
  return "'" + shortened(text) + "'";
}

std::vector<std::string> list_items(std::string_view text, std::string_view separators) {
  std::vector<std::string> items;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find_first_of(separators, start), text.size());
    const auto item = trimmed(text.substr(start, end - start));
    if (!item.empty()) {
      items.emplace_back(item);
    }
    start = end + 1;
  }
  return items;
}

}  // namespace fat
