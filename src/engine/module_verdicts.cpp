#include "engine/module_verdicts.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "fat/engine/missed_steps.hpp"

namespace fat {

namespace {

/// What a step has found out about a module, which is worth less when it was measured in the wrong
/// environment.
void add_finding(ModuleSummary& module,
                 const Step& step,
                 const std::string& environment,
                 const ModuleResult& found) {
  const bool valid = environment.empty() || found.verdict == Verdict::Failed;
  const auto verdict = valid ? found.verdict : Verdict::Inconclusive;
  if (worst(verdict, module.verdict) == module.verdict) {
    return;
  }
  module.verdict = verdict;
  if (!valid) {
    module.reason = fmt::format("{}: measured out of its environment: {}", step.title, environment);
    return;
  }
  module.reason = found.reason.empty() ? "" : fmt::format("{}: {}", step.title, found.reason);
  module.reason += environment.empty() ? "" : " (out of its environment: " + environment + ")";
}

/// Adds what one step says about one module.
void add(ModuleSummary& module, const Step& step, const StepState& known) {
  const auto found = known.modules.find(module.serial);
  const bool complete = found != known.modules.end() && is_complete(step, found->second);
  const bool promised = !step.measurements.empty() && !known.waived;
  if (promised || has_missed(step, known, module.serial)) {
    ++module.steps_planned;
    module.steps_with_result += promised && complete ? 1 : 0;
  }
  if (found != known.modules.end()) {
    add_finding(module, step, known.environment, found->second);
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
    if (const auto found = state.quarantined.find(module.serial);
        found != state.quarantined.end()) {
      module.quarantined = true;
      module.quarantine = found->second.who == kProgram
                              ? found->second.reason
                              : fmt::format("{}: {}", found->second.who, found->second.reason);
    }
    result.modules.push_back(std::move(module));
  }
  return result;
}

}  // namespace fat
