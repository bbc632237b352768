// State and an event -> why it cannot follow. The one place that says which event fits which state.
#pragma once

#include <string>

#include "fat/engine/run_state.hpp"

namespace fat {

/// Empty when the event fits. O(open attempts). tests/engine/state_table.cpp holds the same rules
/// as a table.
std::string why_illegal(const RunState& state, const EventBody& body);

}  // namespace fat
