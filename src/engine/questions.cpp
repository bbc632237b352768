#include "engine/questions.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "fat/model/quantity.hpp"

namespace fat {

const std::string* find_argument(const Step& step, std::string_view name) {
  const auto found =
      std::ranges::find_if(step.arguments, [&](const Argument& one) { return one.name == name; });
  return found == step.arguments.end() ? nullptr : &found->value;
}

namespace {

/// "ben, carla".
std::vector<std::string> names_of(const std::string& text) {
  std::vector<std::string> names;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find(',', at), text.size());
    const auto first = text.find_first_not_of(' ', at);
    if (first < end) {
      names.push_back(text.substr(first, text.find_last_not_of(' ', end - 1) - first + 1));
    }
    at = end + 1;
  }
  return names;
}

}  // namespace

Prompt manual_input_question(const Step& step) {
  const auto* message = find_argument(step, "message");
  Prompt prompt;
  prompt.purpose = PromptPurpose::ManualInput;
  prompt.step = step.title;
  prompt.text = message == nullptr || message->empty() ? "Continue the schedule?" : *message;
  if (const auto* otherwise = find_argument(step, "default")) {
    prompt.default_value = parse_bool(*otherwise).value_or(false) ? "yes" : "no";
  }
  if (const auto* deadline = find_argument(step, "deadline")) {
    prompt.deadline = parse_duration(*deadline);
  }
  if (const auto* every = find_argument(step, "remind_every")) {
    prompt.remind_every = parse_duration(*every);
  }
  if (const auto* persons = find_argument(step, "escalate_to")) {
    prompt.escalate_to = names_of(*persons);
  }
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
