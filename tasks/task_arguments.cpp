// Words of a command line -> a task's arguments, checked against what it declares.
#include "task_arguments.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "fat/model/local_time.hpp"
#include "fat/model/quantity.hpp"
#include "fat/model/suggestion.hpp"

namespace fat {
namespace {

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char letter) {
    return static_cast<char>(std::tolower(letter));
  });
  return text;
}

bool has_unit(const std::string& text, std::string_view unit) {
  const auto quantity = parse_quantity(text);
  return quantity && quantity->unit == unit;
}

class Parser {
 public:
  explicit Parser(const TaskInfo& info) : info_(info) {
    for (const auto& parameter : info.parameters) {
      if (!parameter.default_text.empty()) {
        result_.values[parameter.name] = parameter.default_text;
      }
    }
  }

  void take(const std::string& name, const std::string& value) {
    if (name == "run") {
      result_.run_file = value;
      return;
    }
    const auto parameter = std::ranges::find_if(
        info_.parameters, [&](const auto& one) { return lower(one.name) == lower(name); });
    if (parameter == info_.parameters.end()) {
      refuse(fmt::format(
          "unknown option '--{}' of {}{}", name, info_.name, did_you_mean(name, names())));
      return;
    }
    if (const auto problem = problem_of(parameter->type, value); !problem.empty()) {
      refuse(fmt::format("--{} {}: {}", name, value, problem));
    }
    result_.values[parameter->name] = value;
  }

  void take_verify() { result_.verify = true; }

  void refuse(std::string problem) { result_.problems.push_back(std::move(problem)); }

  TaskArguments finish() {
    for (const auto& parameter : info_.parameters) {
      if (parameter.required && !result_.values.contains(parameter.name)) {
        refuse(fmt::format("{} needs --{}: {}", info_.name, parameter.name, parameter.help));
      }
    }
    return std::move(result_);
  }

 private:
  std::vector<std::string> names() const {
    std::vector<std::string> names{"run"};
    for (const auto& parameter : info_.parameters) {
      names.push_back(parameter.name);
    }
    return names;
  }

  const TaskInfo& info_;
  TaskArguments result_;
};

std::string unless(bool good, const char* problem) {
  return good ? "" : problem;
}

}  // namespace

TaskArguments parse_task_arguments(const TaskInfo& info, const std::vector<std::string>& words) {
  Parser parser{info};
  for (auto word = words.begin(); word != words.end(); ++word) {
    if (*word == "--verify") {
      parser.take_verify();
      continue;
    }
    if (!word->starts_with("--")) {
      parser.refuse(fmt::format("'{}' is no option: options are '--NAME VALUE'", *word));
      continue;
    }
    const auto name = word->substr(2);
    if (const auto equals = name.find('='); equals != std::string::npos) {
      parser.take(name.substr(0, equals), name.substr(equals + 1));
    } else if (word + 1 == words.end()) {
      parser.refuse(fmt::format("--{} needs a value", name));
    } else {
      parser.take(name, *++word);
    }
  }
  return parser.finish();
}

std::string problem_of(ParameterType type, const std::string& text) {
  switch (type) {
    case ParameterType::Text:
      return "";
    case ParameterType::Boolean:
      return unless(parse_bool(text).has_value(), "must be true or false");
    case ParameterType::Integer:
      return unless(parse_integer(text).has_value(), "must be a whole number");
    case ParameterType::Number:
      return unless(parse_number(text).has_value(), "must be a number");
    case ParameterType::Duration:
      return unless(parse_duration(text).has_value(),
                    "must be a duration with its unit, e.g. 90 min");
    case ParameterType::Temperature:
      return unless(has_unit(text, "degC"), "must be a temperature with its unit, e.g. -40 degC");
    case ParameterType::Voltage:
      return unless(has_unit(text, "V"), "must be a voltage with its unit, e.g. 1500 V");
    case ParameterType::Current:
      return unless(has_unit(text, "A"), "must be a current with its unit, e.g. 0.5 A");
    case ParameterType::DateTime:
      return unless(parse_local_time(text).has_value(),
                    "must be a local time, e.g. 2026-11-22 07:00");
  }
  return "";
}

}  // namespace fat
