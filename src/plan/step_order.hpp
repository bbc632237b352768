// Names that `after` gives -> the earlier steps they mean, or a problem.
#pragma once

#include <vector>

#include "fat/model/plan.hpp"
#include "plan/problem_list.hpp"

namespace fat {

/// Puts full titles in the place of the names. A name is looked for among the step's own fragment
/// first; that of a section with `fragment` means all its steps. A step that is unknown, the same
/// or later is a problem.
void resolve_after(std::vector<Step>& steps, ProblemList& problems);

}  // namespace fat
