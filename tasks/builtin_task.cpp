#include "builtin_task.hpp"

#include <utility>

namespace fat {

ParameterInfo parameter(std::string name,
                        ParameterType type,
                        std::string default_text,
                        std::string help) {
  return {.name = std::move(name),
          .type = type,
          .required = default_text.empty(),
          .default_text = std::move(default_text),
          .help = std::move(help)};
}

ParameterInfo optional_parameter(std::string name, ParameterType type, std::string help) {
  return {.name = std::move(name),
          .type = type,
          .required = false,
          .default_text = {},
          .help = std::move(help)};
}

}  // namespace fat
