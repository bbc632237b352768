// Two versions of a plan -> what changed, step by step (DESIGN 8).
#pragma once

#include <string>
#include <vector>

#include "fat/model/plan.hpp"

namespace fat {

enum class DriftKind { Changed, New, Gone, Moved };

struct Drift {
  DriftKind kind = DriftKind::Changed;
  std::string what;  ///< a step's title, or "module DEgg2021-3-133", "setting [paths] runs"
  std::string text;  ///< "timeout: 90 min -> 2 h; n_jobs: 4 -> 8"
};

/// Empty when both say the same. Source lines and comments do not count; the order of steps does.
std::vector<Drift> compare(const Plan& before, const Plan& after);

}  // namespace fat
