// The newest readings and the state of the interlocks -> metrics. Pure.
#pragma once

#include <vector>

#include "cli/bench_seen.hpp"
#include "fat/model/station.hpp"
#include "fat/web/metrics_text.hpp"

namespace fat {

/// Values in base units ("12 mbar" are 1200 pascals). Stored readings come up to 2 s late. A
/// channel whose newest reading is too old at `now`, or was none, has no value, only a validity of
/// 0; an interlock that nobody evaluates has no phase.
std::vector<MetricFamily> bench_metrics(const Station& station,
                                        const BenchSeen& seen,
                                        const Instant& now);

}  // namespace fat
