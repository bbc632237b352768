#include "fat/engine/target_temperature.hpp"

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
  if (!current || !delta || std::abs(*delta) > kWidestMove) {
    return std::nullopt;
  }
  return std::chrono::round<Microseconds>(
      std::chrono::duration<double>{std::abs(*delta) * seconds_per_degree});
}

std::optional<double> target_temperature(const Step& step) {
  if (time_of_button_pushing(step)) {
    return *number(step, "fcurrent") + *number(step, "fdelta");
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
