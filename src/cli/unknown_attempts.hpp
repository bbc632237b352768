// Attempt folders that the journal does not know -> the events that say so (DESIGN 8).
#pragma once

#include <vector>

#include "fat/engine/run_state.hpp"

namespace fat {

/// The journal has lost what it knew of them (damage, or an older copy put in its place): nothing
/// is known of their effect. Each becomes an interrupted attempt, and the run is Broken until a
/// person resumes it and decides. Empty when every folder is known.
std::vector<EventBody> find_unknown_attempts(const RunState& state, const Plan& plan);

}  // namespace fat
