// A step that needs a person -> what is asked. Prompts still without number.
#pragma once

#include <string>
#include <string_view>

#include "fat/engine/step_state.hpp"
#include "fat/model/plan.hpp"

namespace fat {

/// nullptr when the step has no such argument.
const std::string* find_argument(const Step& step, std::string_view name);

/// What a Prompt step asks.
Prompt manual_input_question(const Step& step);

/// What becomes of an interrupted attempt. A step that sets the bench up has to succeed: it cannot
/// be left out.
Prompt recovery_question(StepList list, const Step& step, const StepState& known);

/// What becomes of a step that did not succeed.
Prompt failure_question(StepList list, const Step& step, const std::string& reason);

}  // namespace fat
