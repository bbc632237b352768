// A run's summary -> what `fatmaster status` and `fatmaster why` say.
#pragma once

#include <string>

#include "fat/model/instant.hpp"
#include "fat/model/run_summary.hpp"

namespace fat {

/// Where the run stands, in 5 to 15 lines of at most `width` columns: state, progress, what runs,
/// what comes, what it needs.
std::string status_text(const RunSummary& summary, const Instant& now, int width);

/// Why the run does not go on and what to type; that it does, and with what, when it does.
std::string why_text(const RunSummary& summary, const Instant& now, int width);

/// Why this step is where it is and what to type. `step` is one of `summary`'s.
std::string why_text(const RunSummary& summary, const StepSummary& step, int width);

}  // namespace fat
