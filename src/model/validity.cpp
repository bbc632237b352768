#include "fat/model/validity.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "fat/model/quantity.hpp"
#include "fat/model/trimmed.hpp"

namespace fat {

namespace {

constexpr std::string_view kBlanks = " \t\n";
constexpr std::string_view kIn = " in ";
constexpr std::string_view kAge = " not older than ";
constexpr std::string_view kPlusMinus = "+-";
constexpr std::string_view kPlusMinusSign = "\u00b1";

bool read_bound(std::string_view text, std::optional<double>& bound) {
  text = trimmed_of_blanks(text);
  bound = text.empty() ? std::nullopt : parse_number(text);
  return text.empty() || bound;
}

/// "[a, b] unit"
bool read_bounds(std::string_view text, Window& window) {
  const auto comma = text.find(',');
  const auto close = text.find(']');
  if (comma == std::string_view::npos || close == std::string_view::npos || comma > close) {
    return false;
  }
  window.unit = trimmed_of_blanks(text.substr(close + 1));
  return read_bound(text.substr(1, comma - 1), window.low) &&
         read_bound(text.substr(comma + 1, close - comma - 1), window.high) &&
         (window.low || window.high) &&
         (!window.low || !window.high || *window.low <= *window.high);
}

/// "middle +- tolerance unit"
bool read_tolerance(std::string_view text, Window& window) {
  auto sign = kPlusMinus;
  auto place = text.find(sign);
  if (place == std::string_view::npos) {
    sign = kPlusMinusSign;
    place = text.find(sign);
  }
  if (place == std::string_view::npos) {
    return false;
  }
  const auto middle = parse_number(trimmed_of_blanks(text.substr(0, place)));
  const auto tolerance = parse_quantity(trimmed_of_blanks(text.substr(place + sign.size())));
  if (!middle || !tolerance || tolerance->value < 0) {
    return false;
  }
  window.low = *middle - tolerance->value;
  window.high = *middle + tolerance->value;
  window.unit = tolerance->unit;
  return true;
}

std::optional<Window> parse_window(std::string_view text) {
  text = trimmed_of_blanks(text);
  Window window;
  if (const auto age = text.find(kAge); age != std::string_view::npos) {
    const auto longest = parse_duration(trimmed_of_blanks(text.substr(age + kAge.size())));
    if (!longest) {
      return std::nullopt;
    }
    window.max_age = *longest;
    text = trimmed_of_blanks(text.substr(0, age));
  }
  const auto in = text.find(kIn);
  if (in == std::string_view::npos) {
    return std::nullopt;
  }
  window.signal = trimmed_of_blanks(text.substr(0, in));
  const auto range = trimmed_of_blanks(text.substr(in + kIn.size()));
  const bool fits =
      range.starts_with('[') ? read_bounds(range, window) : read_tolerance(range, window);
  const bool named =
      !window.signal.empty() && window.signal.find_first_of(kBlanks) == std::string::npos;
  return fits && named ? std::optional{window} : std::nullopt;
}

}  // namespace

std::optional<std::vector<Window>> parse_windows(std::string_view text) {
  std::vector<Window> windows;
  for (;;) {
    const auto length = length_of_first(text);
    auto window = parse_window(text.substr(0, length));
    if (!window) {
      return std::nullopt;
    }
    windows.push_back(std::move(*window));
    if (length == text.size()) {
      return windows;
    }
    text.remove_prefix(length + 1);
  }
}

std::string range_text(const Window& window) {
  return fmt::format("[{}, {}]{}{}",
                     window.low ? fmt::format("{:g}", *window.low) : "",
                     window.high ? fmt::format("{:g}", *window.high) : "",
                     window.unit.empty() ? "" : " ",
                     window.unit);
}

bool is_inside(const Window& window, double value, std::string_view unit) {
  const bool same_unit = unit.empty() || window.unit.empty() || unit == window.unit;
  return same_unit && std::isfinite(value) && (!window.low || value >= *window.low) &&
         (!window.high || value <= *window.high);
}

}  // namespace fat
