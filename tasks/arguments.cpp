// A task's arguments, which the catalog has checked, as values.
#include "arguments.hpp"

#include <sstream>
#include <stdexcept>

#include "builtin_task.hpp"
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

std::vector<std::string> list_argument(const TaskContext& context, const std::string& name) {
  std::vector<std::string> words;
  std::istringstream text{text_argument(context, name)};
  for (std::string word; std::getline(text, word, ',');) {
    const auto begin = word.find_first_not_of(" \t");
    if (begin != std::string::npos) {
      words.push_back(word.substr(begin, word.find_last_not_of(" \t") - begin + 1));
    }
  }
  return words == std::vector<std::string>{"none"} ? std::vector<std::string>{} : words;
}

ParameterInfo comment_parameter() {
  return optional_parameter("comment", ParameterType::Text, "stands in the module JSON");
}

std::string comment_argument(const TaskContext& context) {
  const auto found = context.arguments.find("comment");
  return found == context.arguments.end() ? "" : found->second;
}

const Instruments& instruments_of(const TaskContext& context) {
  if (context.instruments == nullptr) {
    throw std::runtime_error{"there are no instruments: station.ini declares none"};
  }
  return *context.instruments;
}

}  // namespace fat
