// A step and a module -> whether the step ended without saying anything about it. Pure.
#pragma once

#include <string>

#include "fat/engine/step_state.hpp"
#include "fat/model/plan.hpp"

namespace fat {

/// Whether the step does something with the modules, as far as that can be known: it promises or
/// has reported something of one, or it is a Python function that sets no temperature.
bool concerns_modules(const Step& step, const StepState& known);

/// Whether the step has ended and the module took no part in it: it was in quarantine, or stopped
/// answering before all that is promised of it was there. Waived steps are never missed.
bool has_missed(const Step& step, const StepState& known, const std::string& serial);

/// Everything that the step promises of a module was reported.
bool is_complete(const Step& step, const ModuleResult& result);

}  // namespace fat
