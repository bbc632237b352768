// Text of a parameter -> whether it is of the parameter's type.
#include "plan/parameter_value.hpp"

#include "fat/model/local_time.hpp"
#include "fat/model/quantity.hpp"

namespace fat {

namespace {

bool has_unit(std::string_view text, std::string_view unit) {
  const auto quantity = parse_quantity(text);
  return quantity && quantity->unit == unit;
}

std::string_view unless(bool fits, std::string_view expected) {
  return fits ? "" : expected;
}

}  // namespace

std::string_view expected_instead(ParameterType type, std::string_view text) {
  switch (type) {
    case ParameterType::Text:
      return "";
    case ParameterType::Boolean:
      return unless(parse_bool(text).has_value(), "true or false (yes, no, on, off, 1, 0)");
    case ParameterType::Integer:
      return unless(parse_integer(text).has_value(), "a whole number");
    case ParameterType::Number:
      return unless(parse_number(text).has_value(), "a number");
    case ParameterType::Duration:
      return unless(parse_duration(text).has_value(), "a duration with its unit, such as '90 min'");
    case ParameterType::Temperature:
      return unless(has_unit(text, "degC"), "a temperature such as '-40 degC'");
    case ParameterType::Voltage:
      return unless(has_unit(text, "V"), "a voltage such as '1500 V'");
    case ParameterType::Current:
      return unless(has_unit(text, "A"), "a current such as '0.5 A'");
    case ParameterType::DateTime:
      return unless(parse_local_time(text).has_value(),
                    "a date and time such as '2026-11-21 08:30'");
  }
  return "of a type this version knows";
}

}  // namespace fat
