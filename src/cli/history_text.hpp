// A run's events -> its history in words, or as JSON.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "fat/model/plan.hpp"
#include "fat/ports/journal.hpp"

namespace fat {

/// One line per thing that happened, oldest first, with local time and who asked for it. `plan` is
/// the run's newest.
std::string history_text(const std::vector<StoredEvent>& events, const Plan& plan);

/// [{"id", "at" (UTC), "who", "kind", "body"}], every event as it is stored.
std::string history_json(const std::vector<StoredEvent>& events);

/// One of them.
nlohmann::ordered_json event_as_json(const StoredEvent& stored);

}  // namespace fat
