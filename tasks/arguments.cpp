// A task's arguments, which the catalog has checked, as values.
#include "arguments.hpp"

#include <stdexcept>

#include "fat/model/quantity.hpp"

namespace fat {
namespace {

template <typename Value>
Value checked(const std::optional<Value>& value) {
  if (!value) {
    throw std::logic_error{"a parameter that the catalog has checked cannot be read"};
  }
  return *value;
}

}  // namespace

const std::string& text_argument(const TaskContext& context, const std::string& name) {
  const auto found = context.arguments.find(name);
  if (found == context.arguments.end()) {
    throw std::logic_error{"a parameter that the catalog has checked is not there: " + name};
  }
  return found->second;
}

double quantity_argument(const TaskContext& context, const std::string& name) {
  return checked(parse_quantity(text_argument(context, name))).value;
}

double number_argument(const TaskContext& context, const std::string& name) {
  return checked(parse_number(text_argument(context, name)));
}

long long integer_argument(const TaskContext& context, const std::string& name) {
  return checked(parse_integer(text_argument(context, name)));
}

Microseconds duration_argument(const TaskContext& context, const std::string& name) {
  return checked(parse_duration(text_argument(context, name)));
}

bool flag_argument(const TaskContext& context, const std::string& name) {
  return checked(parse_bool(text_argument(context, name)));
}

const Instruments& instruments_of(const TaskContext& context) {
  if (context.instruments == nullptr) {
    throw std::runtime_error{"there are no instruments: station.ini declares none"};
  }
  return *context.instruments;
}

}  // namespace fat
