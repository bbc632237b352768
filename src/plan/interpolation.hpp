// Sections as written and [DEFAULT] -> sections as Python's BasicInterpolation delivers them.
#pragma once

#include <vector>

#include "fat/plan/ini_file.hpp"
#include "plan/problem_list.hpp"

namespace fat {

/// Appends the options of [DEFAULT] to every section that has no such option of its own, then
/// replaces
/// %(name)s and %% in all values. A value that cannot be replaced stays as written and is a
/// problem. Depth (10, as in Python), size of a value and work over the whole file are limited.
void apply_defaults_and_interpolate(std::vector<IniSection>& sections,
                                    const std::vector<IniKey>& defaults,
                                    const std::string& file,
                                    ProblemList& problems);

}  // namespace fat
