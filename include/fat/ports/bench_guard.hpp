// Who watches the bench -> whether the next step may begin.
#pragma once

#include <string>
#include <vector>

#include "fat/model/instant.hpp"

namespace fat {

struct BenchWord {
  std::string objection;               ///< no step may begin; empty: nothing speaks against it
  std::vector<std::string> overrides;  ///< what a person has put out of force, by whom and why
};

/// Implementations: `StationGuard` (cli), `ScriptedGuard` (tests/runner).
class BenchGuard {
 public:
  virtual ~BenchGuard() = default;

  /// Quick: it is asked before every decision. What nobody knows is an objection. Throws nothing.
  virtual BenchWord ask(const Instant& now) = 0;
};

}  // namespace fat
