// The code behind a plan's steps when a scheduler starts: told, refused when it must be,
// journalled.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/step_code.hpp"

namespace fat {

/// Of one start. Looks at the files when it is made and again when the packages have told theirs;
/// `code` outlives it.
class CodeAtStart {
 public:
  CodeAtStart(StepCode& code, const Plan& plan)
      : code_(code), plan_(plan), found_(code.survey(plan)) {}

  /// What is not as this run has known it.
  const std::vector<CodeChange>& changes() const { return found_.changes; }

  /// The packages were imported anew and told what they are made of.
  void learn(PackageFiles packages);

  /// To be journalled: what is new, and the repositories' commits when they are (git is asked).
  /// Counts as known from then on. Trouble and changes are told on stderr.
  std::optional<CodeSeen> event(const KnownCode& known, const std::string& accept_drift);

 private:
  StepCode& code_;
  const Plan& plan_;
  StepCode::Survey found_;
};

}  // namespace fat
