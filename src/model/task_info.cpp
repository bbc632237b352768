// Kinds of steps, recoveries and parameters <-> their words; a task by its name.
#include "fat/model/task_info.hpp"

#include <algorithm>

#include "model/words.hpp"

namespace fat {

std::string_view to_string(StepKind kind) {
  switch (kind) {
    case StepKind::Builtin:
      return "builtin";
    case StepKind::Python:
      return "python";
    case StepKind::Command:
      return "command";
    case StepKind::Wait:
      return "wait";
    case StepKind::Prompt:
      return "prompt";
  }
  return kNoSuchWord;
}

std::optional<StepKind> parse_step_kind(std::string_view text) {
  return parse_word(text, StepKind::Prompt);
}

std::string_view to_string(Recovery recovery) {
  switch (recovery) {
    case Recovery::Rerun:
      return "rerun";
    case Recovery::Verify:
      return "verify";
    case Recovery::Ask:
      return "ask";
  }
  return kNoSuchWord;
}

std::optional<Recovery> parse_recovery(std::string_view text) {
  return parse_word(text, Recovery::Ask);
}

std::string_view to_string(ParameterType type) {
  switch (type) {
    case ParameterType::Text:
      return "text";
    case ParameterType::Boolean:
      return "boolean";
    case ParameterType::Integer:
      return "integer";
    case ParameterType::Number:
      return "number";
    case ParameterType::Duration:
      return "duration";
    case ParameterType::Temperature:
      return "temperature";
    case ParameterType::Voltage:
      return "voltage";
    case ParameterType::Current:
      return "current";
    case ParameterType::DateTime:
      return "date and time";
  }
  return kNoSuchWord;
}

const TaskInfo* find_task(const TaskCatalog& catalog, std::string_view name) {
  const auto found =
      std::ranges::find_if(catalog, [&](const auto& task) { return task.name == name; });
  return found == catalog.end() ? nullptr : &*found;
}

}  // namespace fat
