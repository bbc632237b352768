#include "cli/plan_text.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace fat {

namespace {

std::string what(const Step& step) {
  switch (step.kind) {
    case StepKind::Python:
      return fmt::format("{}.{}", step.package, step.task);
    case StepKind::Command:
      return "$ " + step.command.substr(0, 60);
    case StepKind::Builtin:
    case StepKind::Wait:
    case StepKind::Prompt:
      return step.task;
  }
  return {};
}

std::string usual(const Step& step, std::vector<Microseconds> past) {
  if (past.empty()) {
    return step.estimate ? "about " + to_text(*step.estimate) : "";
  }
  std::ranges::sort(past);
  return "usually " + to_text(past[past.size() / 2]);
}

/// "in the background, needs cpu, after 'gain'": nothing for a step that takes the whole bench.
std::string lane(const Step& step) {
  std::string text;
  const auto add = [&](const std::string& words) { text += (text.empty() ? "" : ", ") + words; };
  if (step.background) {
    add("in the background");
  }
  if (!step.needs.empty()) {
    add(fmt::format("needs {}", fmt::join(step.needs, " ")));
  }
  if (!step.after.empty()) {
    const auto more = step.after.size() - 1;
    add(fmt::format(
        "after '{}'{}", step.after.back(), more == 0 ? "" : fmt::format(" and {} more", more)));
  }
  for (const auto& window : step.valid_when) {
    add(fmt::format("valid when {} in {}", window.signal, range_text(window)));
  }
  return text.empty() ? "" : fmt::format("({})", text);
}

std::string list_of(const char* heading, const std::vector<Step>& steps) {
  if (steps.empty()) {
    return {};
  }
  std::string text = fmt::format("{}:", heading);
  for (const auto& step : steps) {
    text += fmt::format(" {}{}", step.title, &step == &steps.back() ? "\n" : ",");
  }
  return text;
}

}  // namespace

std::string plan_text(const Plan& plan, const Past& past) {
  std::string text = fmt::format(
      "run {}: {} steps, {} modules\n", plan.run_number, plan.steps.size(), plan.modules.size());
  std::map<std::string, std::vector<Microseconds>> known;
  std::size_t width = 10;
  for (const auto& step : plan.steps) {
    width = std::clamp(step.title.size(), width, std::size_t{40});
  }
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const auto& step = plan.steps[i];
    const auto [place, fresh] = known.try_emplace(fingerprint(step));
    if (fresh) {
      place->second = past ? past(step).durations : std::vector<Microseconds>{};
    }
    text += fmt::format("[{}] {:<{}}", i, step.title, width);
    for (const auto& words : {what(step), usual(step, place->second), lane(step)}) {
      text += words.empty() ? "" : "  " + words;
    }
    text += '\n';
  }
  return text + list_of("safe state", plan.safe_state) + list_of("on resume", plan.on_resume);
}

}  // namespace fat
