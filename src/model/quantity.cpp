// Text with a unit -> a value; text without one -> booleans and numbers.
#include "fat/model/quantity.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

#include "fat/model/lower_case.hpp"

namespace fat {

namespace {

struct DurationUnit {
  std::string_view name;
  double microseconds;
};

constexpr double kSecond = 1e6, kMinute = 60 * kSecond, kHour = 60 * kMinute, kDay = 24 * kHour;
constexpr double kLongest = 3652.5 * kDay;
constexpr std::size_t kLongestDurationText = 200;
constexpr std::size_t kLongestUnit = 32;

constexpr std::array kDurationUnits{DurationUnit{"us", 1},
                                    DurationUnit{"ms", 1e3},
                                    DurationUnit{"s", kSecond},
                                    DurationUnit{"sec", kSecond},
                                    DurationUnit{"second", kSecond},
                                    DurationUnit{"seconds", kSecond},
                                    DurationUnit{"min", kMinute},
                                    DurationUnit{"minute", kMinute},
                                    DurationUnit{"minutes", kMinute},
                                    DurationUnit{"h", kHour},
                                    DurationUnit{"hour", kHour},
                                    DurationUnit{"hours", kHour},
                                    DurationUnit{"d", kDay},
                                    DurationUnit{"day", kDay},
                                    DurationUnit{"days", kDay}};

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

bool is_lower_case(char letter) {
  return letter >= 'a' && letter <= 'z';
}

bool is_blank(char letter) {
  return letter == ' ' || letter == '\t';
}

template <class Predicate>
std::string_view take_while(std::string_view& text, Predicate predicate) {
  const auto end = std::ranges::find_if_not(text, predicate);
  const auto taken = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(taken.size());
  return taken;
}

/// "1.5 h" at the front of `text`, which is moved on. Nullopt when there is none.
std::optional<std::pair<double, DurationUnit>> take_part(std::string_view& text) {
  const auto number =
      take_while(text, [](char letter) { return is_digit(letter) || letter == '.'; });
  take_while(text, is_blank);
  const auto unit = take_while(text, is_lower_case);
  take_while(text, is_blank);
  const auto value = parse_number(number);
  const auto* const known = std::ranges::find_if(
      kDurationUnits, [&](const DurationUnit& one) { return one.name == unit; });
  if (!value || known == kDurationUnits.end()) {
    return std::nullopt;
  }
  return std::pair{*value, *known};
}

/// "+5" is a number for people; from_chars knows '-' only.
std::string_view without_plus(std::string_view text) {
  return text.size() > 1 && text[0] == '+' && text[1] != '-' ? text.substr(1) : text;
}

bool is_unit(std::string_view text) {
  return text.size() <= kLongestUnit && std::ranges::none_of(text, [](char letter) {
           return static_cast<unsigned char>(letter) <= ' ' || letter == ',' || letter == 0x7F;
         });
}

}  // namespace

std::optional<Microseconds> parse_duration(std::string_view text) {
  if (text.empty() || text.size() > kLongestDurationText) {
    return std::nullopt;
  }
  double sum = 0;
  double unit_before = kLongest;
  while (!text.empty()) {
    const auto part = take_part(text);
    if (!part || part->second.microseconds >= unit_before) {  // "30 min 1 h" is a slip
      return std::nullopt;
    }
    unit_before = part->second.microseconds;
    sum += part->first * part->second.microseconds;
  }
  if (sum > kLongest) {
    return std::nullopt;
  }
  return Microseconds{std::llround(sum)};
}

std::optional<bool> parse_bool(std::string_view text) {
  constexpr std::array<std::string_view, 4> yes_words{"true", "yes", "on", "1"};
  constexpr std::array<std::string_view, 4> no_words{"false", "no", "off", "0"};
  if (text.size() > 5) {
    return std::nullopt;
  }
  const auto word = lower_case(text);
  if (std::ranges::find(yes_words, word) != yes_words.end()) {
    return true;
  }
  if (std::ranges::find(no_words, word) != no_words.end()) {
    return false;
  }
  return std::nullopt;
}

std::optional<long long> parse_integer(std::string_view text) {
  const auto digits = without_plus(text);
  long long value = 0;
  const auto [rest, error] = std::from_chars(digits.begin(), digits.end(), value);
  if (error != std::errc{} || rest != digits.end()) {
    return std::nullopt;
  }
  return value;
}

std::optional<double> parse_number(std::string_view text) {
  const auto digits = without_plus(text);
  double value = 0;
  const auto [rest, error] = std::from_chars(digits.begin(), digits.end(), value);
  if (error != std::errc{} || rest != digits.end() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

std::optional<Quantity> parse_quantity(std::string_view text) {
  const auto digits = without_plus(text);
  double value = 0;
  const auto [rest, error] = std::from_chars(digits.begin(), digits.end(), value);
  if (error != std::errc{} || !std::isfinite(value)) {
    return std::nullopt;
  }
  auto unit = digits.substr(static_cast<std::size_t>(rest - digits.begin()));
  take_while(unit, is_blank);
  const bool number_goes_on =
      !unit.empty() && (is_digit(unit[0]) || unit[0] == '.' || unit[0] == '+' || unit[0] == '-');
  const bool ends_blank = unit.empty() && is_blank(digits.back());
  if (number_goes_on || ends_blank || !is_unit(unit)) {
    return std::nullopt;
  }
  return Quantity{value, std::string{unit}};
}

}  // namespace fat
