// Text with a unit ("90 min", "-40 degC") -> a value in one fixed unit.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "fat/model/instant.hpp"

namespace fat {

/// "90 min", "1.5 h", "250 ms", "2 d", "30 s", "1 h 30 min". nullopt when the text is not a
/// duration, carries no unit, is negative or exceeds 10 years.
std::optional<Microseconds> parse_duration(std::string_view text);

/// true/false/yes/no/on/off/1/0, case ignored; nullopt for anything else.
std::optional<bool> parse_bool(std::string_view text);

/// A decimal whole number with optional sign and nothing around it; nullopt otherwise or out of
/// range.
std::optional<long long> parse_integer(std::string_view text);

/// A finite decimal number with nothing around it, '.' as the point whatever the locale; nullopt
/// otherwise.
std::optional<double> parse_number(std::string_view text);

/// A number followed by a unit: "-40 degC" -> {-40, "degC"}. The unit may be empty.
struct Quantity {
  double value = 0;
  std::string unit;
};

std::optional<Quantity> parse_quantity(std::string_view text);

}  // namespace fat
