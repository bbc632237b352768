#include "fat/engine/target_temperature.hpp"

#include <algorithm>
#include <cmath>

#include "engine/questions.hpp"
#include "fat/model/quantity.hpp"

namespace fat {

namespace {

constexpr double kWidestMove = 1000;  ///< degC; beyond it is a slip

std::optional<double> celsius(const std::string& text) {
  const auto quantity = parse_quantity(text);
  return quantity && quantity->unit == "degC" ? std::optional{quantity->value} : std::nullopt;
}

std::optional<double> number(const Step& step, std::string_view name) {
  const auto* value = find_argument(step, name);
  return value == nullptr ? std::nullopt : parse_number(*value);
}

}  // namespace

std::optional<Microseconds> time_of_button_pushing(const Step& step) {
  constexpr double seconds_per_degree = 4;
  const auto current = number(step, "fcurrent"), delta = number(step, "fdelta");
  if (!current || !delta) {
    return std::nullopt;
  }
  const std::chrono::duration<double> pushing{std::min(std::abs(*delta), kWidestMove) *
                                              seconds_per_degree};
  return std::chrono::round<Microseconds>(pushing);
}

std::optional<double> target_temperature(const Step& step) {
  const auto current = number(step, "fcurrent"), delta = number(step, "fdelta");
  if (current && delta) {
    return *current + *delta;
  }
  for (const auto& argument : step.arguments) {
    if (const auto value = celsius(argument.value)) {
      return value;
    }
  }
  for (const auto& tag : step.tags) {
    if (const auto value = celsius(tag)) {
      return value;
    }
  }
  return std::nullopt;
}

}  // namespace fat
