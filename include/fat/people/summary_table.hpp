// A run's summary -> the table at its end.
#pragma once

#include <string>

#include "fat/model/instant.hpp"
#include "fat/model/run_summary.hpp"

namespace fat {

struct TableOptions {
  int width = 80;
  bool colour = false;
  bool all = false;  ///< every step, also of a long run
  WallTime now;      ///< for the total time of a run that goes on
};

/// How every step ended, what the modules are said to be, and what to do next; ends with a line
/// end. Of a run with more than 60 steps only those that are not done are listed, and steps that
/// never began in one line, unless `all`.
std::string summary_table(const RunSummary& summary, const TableOptions& options);

}  // namespace fat
