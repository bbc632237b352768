// Words of a plan, finding steps, and the fingerprints that tell one content from another.
#include "fat/model/plan.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "fat/model/quantity.hpp"
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

std::map<std::string, std::string> settings(const Plan& plan) {
  std::map<std::string, std::string> all{
      {"[constants] python", plan.python},
      {"[constants] python_path", fmt::format("{}", fmt::join(plan.python_path, ":"))},
      {"[constants] safe_state_after", to_text(plan.safe_state_after)},
      {"[constants] min_modules", std::to_string(plan.min_modules)},
      {"[constants] strict_code", plan.strict_code ? "yes" : "no"}};
  if (!plan.needs_services.empty()) {
    all["[constants] needs_services"] = fmt::format("{}", fmt::join(plan.needs_services, ", "));
  }
  for (const auto& [name, value, line] : plan.station) {
    all[name] = value;
  }
  return all;
}

std::optional<std::size_t> find_step(const std::vector<Step>& steps,
                                     std::string_view title,
                                     std::size_t near) {
  const auto count = steps.size();
  auto above = std::min(near, count);
  auto below = above;
  while (above < count || below > 0) {
    if (above < count && steps[above].title == title) {
      return above;
    }
    if (below > 0 && steps[below - 1].title == title) {
      return below - 1;
    }
    above += above < count ? 1U : 0U;
    below -= below > 0 ? 1U : 0U;
  }
  return std::nullopt;
}

const Step* find_step(const Plan& plan, StepList list, std::string_view title, std::size_t near) {
  const auto in = [&](const std::vector<Step>& steps) -> const Step* {
    const auto index = find_step(steps, title, near);
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
