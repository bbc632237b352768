// Where a run stands, and what became of its messages -> metrics. Pure.
#pragma once

#include <vector>

#include "fat/model/run_summary.hpp"
#include "fat/store/sqlite_outbox.hpp"
#include "fat/web/metrics_text.hpp"

namespace fat {

std::vector<MetricFamily> run_metrics(const RunSummary& summary);

/// Of all sinks together: their names may be people's addresses.
MetricFamily message_metrics(const std::vector<ChannelCount>& counts);

}  // namespace fat
