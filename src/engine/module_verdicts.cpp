#include "engine/module_verdicts.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace fat {

namespace {

bool is_complete(const Step& step, const ModuleResult& result) {
  return std::ranges::all_of(step.measurements, [&](const auto& promised) {
    return result.names.contains(promised.name);
  });
}

/// Adds what one step says about one module.
void add(ModuleSummary& module, const Step& step, const StepState& known) {
  const auto found = known.modules.find(module.serial);
  const bool complete = found != known.modules.end() && is_complete(step, found->second);
  if (!step.measurements.empty() && !known.waived) {
    ++module.steps_planned;
    module.steps_with_result += complete ? 1 : 0;
  }
  if (found != known.modules.end() &&
      worst(found->second.verdict, module.verdict) != module.verdict) {
    module.verdict = found->second.verdict;
    module.reason =
        found->second.reason.empty() ? "" : fmt::format("{}: {}", step.title, found->second.reason);
  }
}

}  // namespace

ModuleVerdicts judge_modules(const Plan& plan, const RunState& state) {
  ModuleVerdicts result;
  for (const auto& entry : plan.modules) {
    ModuleSummary module;
    module.serial = entry.serial;
    for (std::size_t i = 0; i < plan.steps.size(); ++i) {
      add(module, plan.steps[i], state.main_step(i));
    }
    result.declared =
        result.declared || module.steps_planned > 0 || module.verdict != Verdict::NotRun;
    const int missing = module.steps_planned - module.steps_with_result;
    if (missing > 0 && worst(module.verdict, Verdict::Inconclusive) != module.verdict) {
      module.verdict = Verdict::Inconclusive;
      module.reason = fmt::format("{} of {} not run", missing, module.steps_planned);
    }
    result.modules.push_back(std::move(module));
  }
  return result;
}

}  // namespace fat
