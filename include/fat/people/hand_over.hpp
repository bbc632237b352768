// What happened in a run since a moment -> the lines that the next shifter reads.
#pragma once

#include <string>
#include <vector>

#include "fat/model/instant.hpp"
#include "fat/people/run_report.hpp"

namespace fat {

/// Steps that ended, failures, what was answered and done by people, what is open and what comes
/// next. Pure. `since`: the last hand-over, or the start of the run.
std::vector<std::string> hand_over_lines(const RunReport& report, WallTime since);

}  // namespace fat
