// What the steps said about the modules -> one verdict for each (DESIGN 2).
#pragma once

#include <vector>

#include "fat/engine/run_state.hpp"
#include "fat/model/run_summary.hpp"

namespace fat {

struct ModuleVerdicts {
  std::vector<ModuleSummary> modules;  ///< in the run JSON's order
  bool declared = false;               ///< some step declares or judged something
};

/// A module's verdict is the worst its steps said. A step that declares measurements and has no
/// complete result for the module makes it inconclusive, unless the step was skipped with a reason.
ModuleVerdicts judge_modules(const Plan& plan, const RunState& state);

}  // namespace fat
