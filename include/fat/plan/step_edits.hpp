// What a person wants of a plan that runs already -> steps, by the very reader of a schedule, or
// everything that is wrong with them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fat/model/plan.hpp"
#include "fat/model/task_info.hpp"
#include "fat/plan/ini_file.hpp"
#include "fat/plan/station_file.hpp"

namespace fat {

/// The plan as it is when the steps come into it, and where: before the step at `place`.
struct StepContext {
  const Plan& plan;
  const TaskCatalog& catalog;
  const StationFile& station;
  std::size_t place = 0;
};

/// Fit for the plan when `has_errors(problems)` is false.
struct NewSteps {
  std::vector<Step> steps;
  std::vector<Problem> problems;
};

/// Sections and fragments as in a schedule, without [constants], [safe_state] and [on_resume].
NewSteps read_new_steps(const IniFile& sections, const StepContext& context);

/// "timeout" and "2 h"; no value: as if it did not stand in the section.
struct KeyChange {
  std::string name;
  std::optional<std::string> value;
};

/// The step with other keys, under `title`. What it is (task, package) stays; all other keys may
/// change, and the command of a command.
NewSteps read_changed_step(const Step& before,
                           const std::string& title,
                           const std::vector<KeyChange>& changes,
                           const StepContext& context);

/// What a section would hold that says the step: its own options as written, then the reserved keys
/// that are changed most (timeout, attempts, ...). Without what it is (task, package).
std::vector<IniKey> keys_of(const Step& step);

}  // namespace fat
