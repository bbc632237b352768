// How a step's attempt ended -> whether and when it is tried again.
#pragma once

#include <optional>

#include "fat/engine/step_state.hpp"
#include "fat/model/plan.hpp"

namespace fat {

/// nullopt: the failure is final. Else how long after the end of the last attempt the next one
/// starts.
std::optional<Microseconds> retry_delay(const Step& step, const StepState& known);

/// What is left of that pause now; nullopt when the step is not in one.
std::optional<Microseconds> retry_left(const Step& step, const StepState& known, RunTime now);

}  // namespace fat
