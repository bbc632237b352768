// What `run` and `resume` were asked for.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "fat/model/event.hpp"

namespace fat {

struct RunRequest {
  StartMode mode = StartMode::Run;
  std::string schedule;  ///< of run; of resume: import of an original's run
  std::string run;       ///< run JSON of --run; number or JSON of resume
  std::string from, until;
  std::string accept_drift;  ///< reason
  std::vector<std::string> redo;
  std::vector<std::string> without;
  std::vector<int> died;  ///< process ids of the engines whose place this one takes
  bool batch = false;
  bool no_probe = false;
  bool no_preflight = false;
  bool by_service = false;   ///< the machine came up again: nobody asked
  bool as_original = false;  ///< a value that would land under another name is accepted
};

/// Owns the station and drives the run to its end. Returns the exit code (DESIGN 10).
int run_engine(const Invocation& invocation, const RunRequest& request);

}  // namespace fat
