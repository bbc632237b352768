#include "engine/random_plan.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace fat {

namespace {

using std::chrono::seconds;

/// In and behind the hours that summer time repeats (the clock starts at 02:00 there) and leaves
/// out (it starts at 01:30).
constexpr std::array kAutumn{"2026-10-25 02:03", "2026-10-25 02:59", "2026-10-25 03:30"};
constexpr std::array kSpring{"2027-03-28 01:58", "2027-03-28 02:30", "2027-03-28 03:05"};

Step process(Dice& dice, const std::string& title) {
  Step step;
  step.title = title;
  step.kind = dice.percent(50) ? StepKind::Command : StepKind::Builtin;
  step.attempts = 1 + dice.below(3);
  step.retry_delay = seconds{dice.below(3) * 30};
  step.retry_on = {.error = dice.percent(80), .timeout = dice.percent(50)};
  return step;
}

Step main_step(Dice& dice, int index, bool spring) {
  auto step = process(dice, fmt::format("s{}", index));
  step.on_failure = static_cast<OnFailure>(dice.below(3));
  step.recovery = static_cast<Recovery>(dice.below(3));
  step.run_backup = dice.percent(30);
  if (dice.percent(15)) {
    step.kind = StepKind::Wait;
    step.arguments = {{.name = "duration", .value = fmt::format("{} s", dice.below(4) * 100)}};
  } else if (dice.percent(4)) {
    step.kind = StepKind::Wait;
    const auto which = static_cast<std::size_t>(dice.below(3));
    step.arguments = {{.name = "until", .value = spring ? kSpring.at(which) : kAutumn.at(which)}};
  } else if (dice.percent(15)) {
    step.kind = StepKind::Prompt;
  } else if (dice.percent(30)) {
    step.measurements = {{.name = "dark_rate", .min = 0, .max = 2600, .unit = "Hz"}};
  }
  if (step.kind != StepKind::Wait && step.kind != StepKind::Prompt && dice.percent(12)) {
    step.valid_when = {{.signal = "freezer",
                        .low = -42,
                        .high = -38,
                        .unit = "degC",
                        .max_age = seconds{60 * (1 + dice.below(20))}}};
  }
  return step;
}

/// What the step occupies, in plans with lanes; many run in the background.
void choose_lane(Dice& dice, std::vector<Step>& steps) {
  constexpr std::array resources{"hv", "laser", "net", "net:shared", "cpu"};
  auto& step = steps.back();
  for (int i = dice.below(3); i > 0; --i) {
    const std::string claim = resources.at(static_cast<std::size_t>(dice.below(5)));
    const auto same = [&](const std::string& one) {
      return resource_of(one) == resource_of(claim);
    };
    if (std::ranges::none_of(step.needs, same)) {
      step.needs.push_back(claim);
    }
  }
  step.background = !step.needs.empty() && dice.percent(60);
  if (steps.size() > 1 && dice.percent(25)) {
    step.after = {
        steps[static_cast<std::size_t>(dice.below(static_cast<int>(steps.size()) - 1))].title};
  }
}

}  // namespace

Plan random_plan(Dice& dice, bool spring) {
  Plan plan;
  plan.run_number = 1;
  plan.modules = {{.serial = "degg"}, {.serial = "egg2"}};
  plan.min_modules = dice.below(3);
  plan.safe_state_after = seconds{60 * (1 + dice.below(15))};
  const int steps = 1 + dice.below(6);
  const bool lanes = dice.percent(50);
  for (int i = 0; i < steps; ++i) {
    plan.steps.push_back(main_step(dice, i, spring));
    if (lanes) {
      choose_lane(dice, plan.steps);
    }
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

Plan edited(Plan plan, Choices& choices) {
  auto& steps = plan.steps;
  const auto place = [&] {
    return steps.begin() + choices.below(std::max(static_cast<int>(steps.size()), 1));
  };
  switch (choices.below(6)) {
    case 0:
      plan.safe_state_after += seconds{60};
      if (!steps.empty()) {
        place()->attempts += 1;
      }
      break;
    case 1:
      if (steps.size() > 1) {
        steps.erase(place());
      }
      break;
    case 2: {
      Step step;
      step.title = fmt::format("new{}", choices.below(3));
      if (!find_step(steps, step.title)) {
        steps.insert(place(), step);
      }
      break;
    }
    case 3:
      std::ranges::rotate(steps, place());
      break;
    case 4:
      if (!steps.empty()) {
        auto& step = *place();
        step.recovery = static_cast<Recovery>(choices.below(3));
        step.on_failure = static_cast<OnFailure>(choices.below(3));
        step.retry_delay = seconds{0};
        step.needs = {choices.percent(50) ? "hv" : "cpu"};
        step.background = choices.percent(50);
      }
      break;
    default: {
      Step step;
      step.title = "more";
      step.recovery = Recovery::Rerun;
      step.timeout = seconds{60};
      auto& list = choices.percent(50) ? plan.safe_state : plan.on_resume;
      if (find_step(plan.safe_state, "more") || find_step(plan.on_resume, "more")) {
        std::erase_if(list, [](const Step& one) { return one.title == "more"; });
      } else {
        list.push_back(step);
      }
    }
  }
  return plan;
}

}  // namespace fat
