// Modules of a run -> which of them answer, asked before a start.
#pragma once

#include <string>
#include <vector>

#include "fat/ports/bench.hpp"

namespace fat {

struct ProbeResult {
  std::string serial;
  bool answers = false;
  std::string why;          ///< empty when it answers
  std::string what_to_try;  ///< for the shifter; empty when it answers
};

/// Opens a session with each of them, or with a `probe` asks that instead; all at the same time.
/// Changes nothing. In the order of `modules`.
std::vector<ProbeResult> probe_modules(const std::vector<ModuleEntry>& modules,
                                       const Bench& bench,
                                       const AskModule& probe = {});

}  // namespace fat
