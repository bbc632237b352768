// A step that is about to start -> the code behind it, and what of it was not known.
#pragma once

#include <string>

#include "fat/model/code_seen.hpp"
#include "fat/model/plan.hpp"

namespace fat {

/// What one look at a step's code found.
struct CodeLook {
  std::string code;      ///< CodeUnit::code; empty when nothing is known or there is none
  CodeSeen news;         ///< without units: all of it was known
  bool changed = false;  ///< the unit was known, and is another now
  std::string trouble;   ///< why nothing could be found out, for people; empty: nothing in the way
};

/// Implementations: `StepCode` (cli), `ScriptedCode` (tests/fakes).
class CodeWatch {
 public:
  virtual ~CodeWatch() = default;

  /// What it tells as news counts as known from then on. Bounded in time.
  virtual CodeLook look(const Step& step) = 0;
};

}  // namespace fat
