// A run -> the schedule of what its modules have missed.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "fat/engine/run_state.hpp"

namespace fat {

struct CatchUp {
  std::string schedule;              ///< a config.ini; empty when nothing is missing
  std::vector<std::string> modules;  ///< serials that miss something, in the run's order
};

/// The steps that ended without one of `serials` (none: any module of the run), by the temperature
/// they ran at: each group behind the step that sets it and the waits that follow that one. The
/// temperature the bench has now comes first, then the run's order. `run_file` is what the schedule
/// is for. Pure.
CatchUp catch_up(const Plan& plan,
                 const RunState& state,
                 const std::vector<std::string>& serials,
                 const std::string& run_file);

Command catch_up_command();

}  // namespace fat
