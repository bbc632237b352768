#include "engine/random_plan.hpp"

#include <fmt/format.h>

namespace fat {

namespace {

using std::chrono::seconds;

Step process(Dice& dice, const std::string& title) {
  Step step;
  step.title = title;
  step.kind = dice.percent(50) ? StepKind::Command : StepKind::Builtin;
  step.attempts = 1 + dice.below(3);
  step.retry_delay = seconds{dice.below(3) * 30};
  step.retry_on = {.error = dice.percent(80), .timeout = dice.percent(50)};
  return step;
}

Step main_step(Dice& dice, int index) {
  auto step = process(dice, fmt::format("s{}", index));
  step.on_failure = static_cast<OnFailure>(dice.below(3));
  step.recovery = static_cast<Recovery>(dice.below(3));
  step.run_backup = dice.percent(30);
  if (dice.percent(15)) {
    step.kind = StepKind::Wait;
    step.arguments = {{.name = "duration", .value = fmt::format("{} s", dice.below(4) * 100)}};
  } else if (dice.percent(15)) {
    step.kind = StepKind::Prompt;
  }
  return step;
}

}  // namespace

Plan random_plan(Dice& dice) {
  Plan plan;
  plan.run_number = 1;
  plan.safe_state_after = seconds{60 * (1 + dice.below(15))};
  const int steps = 1 + dice.below(6);
  for (int i = 0; i < steps; ++i) {
    plan.steps.push_back(main_step(dice, i));
  }
  for (int i = dice.below(4); i > 0; --i) {
    plan.safe_state.push_back(process(dice, fmt::format("safe{}", i)));
    plan.safe_state.back().recovery = Recovery::Rerun;
    plan.safe_state.back().timeout = seconds{60};
  }
  for (int i = dice.below(3); i > 0; --i) {
    plan.on_resume.push_back(process(dice, fmt::format("set_up{}", i)));
    plan.on_resume.back().recovery = static_cast<Recovery>(dice.below(3));
  }
  if (dice.percent(50)) {
    plan.backup = process(dice, "backup");
    plan.backup->timeout = seconds{120};
  }
  return plan;
}

}  // namespace fat
