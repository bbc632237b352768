// Words of a plan, finding steps, and the fingerprints that tell one content from another.
#include "fat/model/plan.hpp"

#include <algorithm>

#include "model/words.hpp"

namespace fat {

std::string_view to_string(StepList list) {
  switch (list) {
    case StepList::Main:
      return "main";
    case StepList::SafeState:
      return "safe_state";
    case StepList::OnResume:
      return "on_resume";
    case StepList::Backup:
      return "backup";
  }
  return kNoSuchWord;
}

std::optional<StepList> parse_step_list(std::string_view text) {
  return parse_word(text, StepList::Backup);
}

std::string_view to_string(OnFailure reaction) {
  switch (reaction) {
    case OnFailure::Pause:
      return "pause";
    case OnFailure::Stop:
      return "stop";
    case OnFailure::Continue:
      return "continue";
  }
  return kNoSuchWord;
}

std::optional<OnFailure> parse_on_failure(std::string_view text) {
  return parse_word(text, OnFailure::Continue);
}

std::optional<std::size_t> find_step(const std::vector<Step>& steps, std::string_view title) {
  const auto found =
      std::ranges::find_if(steps, [&](const Step& step) { return step.title == title; });
  if (found == steps.end()) {
    return std::nullopt;
  }
  return static_cast<std::size_t>(found - steps.begin());
}

const Step* find_step(const Plan& plan, StepList list, std::string_view title) {
  const auto in = [&](const std::vector<Step>& steps) -> const Step* {
    const auto index = find_step(steps, title);
    return index ? &steps[*index] : nullptr;
  };
  switch (list) {
    case StepList::Main:
      return in(plan.steps);
    case StepList::SafeState:
      return in(plan.safe_state);
    case StepList::OnResume:
      return in(plan.on_resume);
    case StepList::Backup:
      return plan.backup ? &*plan.backup : nullptr;
  }
  return nullptr;
}

}  // namespace fat
