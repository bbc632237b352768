// Texts of SCPI replies -> values.
#include "devices/scpi_reply.hpp"

#include <algorithm>
#include <cmath>

#include "devices/command.hpp"
#include "fat/model/quantity.hpp"

namespace fat {
namespace {

constexpr double kNoNumber = 9.9e37;

bool is_text(std::string_view text) {
  return !text.empty() && is_printable(text);
}

/// Some instruments end their lines by CR LF, some put blanks around a value.
std::string_view bare(std::string_view text) {
  constexpr std::string_view blank = " \t\r";
  const auto begin = std::min(text.find_first_not_of(blank), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(blank) + 1);
}

}  // namespace

std::optional<double> parse_scpi_number(std::string_view text) {
  text = bare(text);
  if (text.size() > 1 && text[0] == '+' && text[1] != '-' && text[1] != '+') {
    text.remove_prefix(1);
  }
  const auto value = parse_number(text);
  return value && std::abs(*value) < kNoNumber ? value : std::nullopt;
}

std::optional<std::vector<double>> parse_scpi_numbers(std::string_view text, std::size_t count) {
  std::vector<double> values;
  while (values.size() < count) {
    const auto comma = text.find(',');
    const auto value = parse_scpi_number(text.substr(0, comma));
    if (!value) {
      return std::nullopt;
    }
    values.push_back(*value);
    if (comma == std::string_view::npos) {
      return values.size() == count ? std::optional{std::move(values)} : std::nullopt;
    }
    text.remove_prefix(comma + 1);
  }
  return std::nullopt;
}

std::optional<bool> parse_scpi_boolean(std::string_view text) {
  text = bare(text);
  if (text.size() > 3 || text == "yes" || text == "no") {
    return std::nullopt;
  }
  return parse_bool(text);
}

std::optional<ScpiError> parse_scpi_error(std::string_view text) {
  text = bare(text);
  const auto comma = text.find(',');
  const auto code = parse_scpi_number(text.substr(0, comma));
  if (comma == std::string_view::npos || !code || *code != std::floor(*code) ||
      std::abs(*code) > 32768 || !is_text(text)) {
    return std::nullopt;
  }
  text = bare(text.substr(comma + 1));
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? std::optional{ScpiError{static_cast<int>(*code),
                                          std::string{text.substr(1, text.size() - 2)}}}
                : std::nullopt;
}

bool is_scpi_number(std::string_view text) {
  return parse_scpi_number(text).has_value();
}

bool is_scpi_triple(std::string_view text) {
  return parse_scpi_numbers(text, 3).has_value();
}

bool is_scpi_boolean(std::string_view text) {
  return parse_scpi_boolean(text).has_value();
}

bool is_scpi_error(std::string_view text) {
  return parse_scpi_error(text).has_value();
}

bool is_scpi_identity(std::string_view text) {
  return is_text(bare(text)) && std::ranges::count(text, ',') == 3;
}

bool is_scpi_word(std::string_view text) {
  return is_text(bare(text)) && text.find(',') == std::string_view::npos;
}

}  // namespace fat
