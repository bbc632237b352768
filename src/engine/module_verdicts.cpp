#include "engine/module_verdicts.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "fat/engine/missed_steps.hpp"

namespace fat {

namespace {

/// Adds what one step says about one module.
void add(ModuleSummary& module, const Step& step, const StepState& known) {
  const auto found = known.modules.find(module.serial);
  const bool complete = found != known.modules.end() && is_complete(step, found->second);
  const bool promised = !step.measurements.empty() && !known.waived;
  if (promised || has_missed(step, known, module.serial)) {
    ++module.steps_planned;
    module.steps_with_result += promised && complete ? 1 : 0;
  }
  const bool not_valid = found != known.modules.end() && !known.environment.empty();
  if (not_valid && found->second.verdict != Verdict::Failed &&
      worst(Verdict::Inconclusive, module.verdict) != module.verdict) {
    module.verdict = Verdict::Inconclusive;
    module.reason =
        fmt::format("{}: measured out of its environment: {}", step.title, known.environment);
  } else if (found != known.modules.end() &&
             worst(found->second.verdict, module.verdict) != module.verdict) {
    module.verdict = found->second.verdict;
    module.reason =
        found->second.reason.empty() ? "" : fmt::format("{}: {}", step.title, found->second.reason);
    module.reason += not_valid ? " (out of its environment: " + known.environment + ")" : "";
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
