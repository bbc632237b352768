// The steps of a run -> how many of them ended how, in words.
#pragma once

#include <string>
#include <vector>

#include "fat/model/run_summary.hpp"

namespace fat {

struct StepCounts {
  int done = 0, errored = 0, skipped = 0, interrupted = 0, aborted = 0;
  int left = 0;  ///< no final outcome
};

StepCounts count(const std::vector<StepSummary>& steps);

/// "10 done, 1 errored, 2 not run"; what is zero is left out, except done.
std::string to_text(const StepCounts& counts);

/// "[3] measure_gain_0", printable.
std::string label(const StepSummary& step);

/// Main steps that are still to be started, in order.
std::vector<const StepSummary*> steps_ahead(const RunSummary& summary);

/// Time from the run's first start to its end, or to `now` while it goes on; 0 when it never
/// started.
Microseconds total_time(const RunSummary& summary, WallTime now);

}  // namespace fat
