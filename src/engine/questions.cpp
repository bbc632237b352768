#include "engine/questions.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace fat {

const std::string* find_argument(const Step& step, std::string_view name) {
  const auto found =
      std::ranges::find_if(step.arguments, [&](const Argument& one) { return one.name == name; });
  return found == step.arguments.end() ? nullptr : &found->value;
}

Prompt manual_input_question(const Step& step) {
  const auto* message = find_argument(step, "message");
  Prompt prompt;
  prompt.purpose = PromptPurpose::ManualInput;
  prompt.step = step.title;
  prompt.text = message == nullptr || message->empty() ? "Continue the schedule?" : *message;
  return prompt;
}

Prompt recovery_question(StepList list, const Step& step, const StepState& known) {
  Prompt prompt;
  prompt.purpose = PromptPurpose::Recovery;
  prompt.kind = PromptKind::Choice;
  prompt.step = step.title;
  prompt.text = fmt::format("Step '{}' was interrupted ({}). It may have had its effect. What now?",
                            step.title,
                            known.reason.empty() ? "how far it came is unknown" : known.reason);
  prompt.choices = list == StepList::Main
                       ? std::vector<std::string>{"rerun", "done", "failed", "skip"}
                       : std::vector<std::string>{"rerun", "done"};
  prompt.reason_required = true;
  return prompt;
}

Prompt failure_question(StepList list, const Step& step, const std::string& reason) {
  Prompt prompt;
  prompt.purpose = PromptPurpose::Failure;
  prompt.kind = PromptKind::Choice;
  prompt.step = step.title;
  prompt.text = fmt::format("Step '{}' did not succeed: {}. What now?", step.title, reason);
  prompt.choices = list == StepList::Main ? std::vector<std::string>{"retry", "continue", "stop"}
                                          : std::vector<std::string>{"retry", "stop"};
  return prompt;
}

}  // namespace fat
