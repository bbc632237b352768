// A plan -> what would go wrong with its Python steps, found before hour 0.
#pragma once

#include <filesystem>
#include <vector>

#include "cli/step_code.hpp"
#include "fat/model/plan.hpp"
#include "fat/model/problem.hpp"

namespace fat {

struct PreflightRequest {
  std::filesystem::path station;         ///< folder; steps start there
  std::vector<std::string> environment;  ///< of a step of this station
  bool as_original = false;  ///< a value that would land under another name is a warning
};

/// What the imports showed.
struct PreflightResult {
  std::vector<Problem> problems;
  PackageFiles
      files;  ///< of each package that could be imported: it, and what it imports of its own
};

/// Imports every package of the plan's Python steps once, with the plan's interpreter, and compares
/// each section's options with the function's parameters; calls nothing, writes nothing. An import
/// may take a minute. Each problem stands at the section, or the option, that is wrong.
PreflightResult preflight(const Plan& plan, const PreflightRequest& request);

/// What `--no-preflight` leaves unchecked, as a note; nothing when the plan has no Python step.
std::vector<Problem> preflight_left_out(const Plan& plan);

}  // namespace fat
