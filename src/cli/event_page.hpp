// A run's history and what is asked for -> events as JSON, page by page.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "cli/loaded_run.hpp"
#include "fat/web/api.hpp"

namespace fat {

struct EventQuery {
  std::int64_t after = 0;
  std::int64_t before = std::numeric_limits<std::int64_t>::max();
  std::size_t limit = 500;
  std::string search;     ///< in text, who, kind and body, case ignored; empty: all
  std::string kind;       ///< empty: all
  bool not_kind = false;  ///< all but `kind`
  bool newest = false;    ///< the last `limit` ones instead of the first
};

/// {"events": [...], "next": what to ask `after` (of `newest`: `before`) for more, or null}.
std::string events_json(LoadedRun& run, const EventQuery& query, const std::stop_token& stop);

/// The events with these indices (ascending) for the stream.
std::vector<StreamEvent> stream_events(LoadedRun& run,
                                       const std::vector<std::size_t>& indices,
                                       const std::stop_token& stop);

/// Index of the first event behind that id.
std::size_t first_behind(const RunHistory& history, std::int64_t id);

}  // namespace fat
