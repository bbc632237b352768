// Where a run stands -> what a person can type now.
#pragma once

#include <string>
#include <vector>

#include "fat/model/run_summary.hpp"

namespace fat {

/// Commands with what they do, the most useful first; empty when there is nothing to do. Commands
/// stand in one column.
std::vector<std::string> next_steps(const RunSummary& summary);

}  // namespace fat
