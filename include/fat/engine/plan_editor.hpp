// A plan and edits -> the plan they make, what takes them back, and which still fit another plan.
// Pure; knows nothing of a run.
#pragma once

#include <string>
#include <vector>

#include "fat/model/plan_edit.hpp"

namespace fat {

/// Makes one edit after another.
class PlanEditor {
 public:
  explicit PlanEditor(Plan plan) : plan_(std::move(plan)) {}

  /// Empty, or why the edit does not fit; then the plan is as it was.
  std::string apply(const PlanEdit& edit);

  const Plan& plan() const { return plan_; }

  Plan take() { return std::move(plan_); }

 private:
  std::string insert(const PlanEdit& edit);
  std::string move(const PlanEdit& edit);
  std::string drop(const PlanEdit& edit);
  std::string replace(const PlanEdit& edit);

  Plan plan_;
};

/// The plan says already what the edit asks for.
bool is_made(const PlanEdit& edit, const Plan& plan);

/// Edits of one plan on another one.
struct Replayed {
  Plan plan;
  std::vector<PlanEdit> kept;
  std::vector<std::string> lost;  ///< "changed 'gain_0': the schedule says something else now"
};

/// What still fits is done again, in order; what does not is left out and named.
Replayed replay(Plan plan, const std::vector<PlanEdit>& edits);

/// What takes `edits` back, which turned `before` into the plan there is now. Throws
/// std::logic_error when they do not fit `before`.
std::vector<PlanEdit> inverse(Plan before, const std::vector<PlanEdit>& edits);

}  // namespace fat
