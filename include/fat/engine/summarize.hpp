// Plan, state and moment -> where the run stands, for people and programs. Pure.
#pragma once

#include "fat/engine/run_state.hpp"
#include "fat/model/run_summary.hpp"

namespace fat {

RunSummary summarize(const Plan& plan, const RunState& state, const Instant& now);

/// One row of its table. REQUIRES: the plan has that main step.
StepSummary summarize_step(const Plan& plan,
                           const RunState& state,
                           std::size_t index,
                           const Instant& now);

/// In order of their start.
std::vector<OpenAttempt> open_attempts(const RunState& state, const Instant& now);

}  // namespace fat
