// Attempt folders that the journal does not know -> the events that say so (DESIGN 8). Pure.
#pragma once

#include <functional>
#include <vector>

#include "fat/engine/run_state.hpp"

namespace fat {

/// Whether there is a folder for that attempt of the main step at that index.
using AttemptExists = std::function<bool(const AttemptKey& key, int index)>;

/// The journal has lost what it knew of them (damage, or an older copy put in its place): nothing
/// is known of their effect. Each becomes an interrupted attempt, and the run is Broken until a
/// person resumes it and decides. Empty when every folder is known. The events fit behind the
/// SchedulerStarted of this `mode`, which `state` does not hold yet. While something is open or the
/// safe state runs, the attempts are left to the next start, which finds them again.
std::vector<EventBody> unknown_attempts(const Plan& plan,
                                        const RunState& state,
                                        StartMode mode,
                                        const AttemptExists& exists);

}  // namespace fat
