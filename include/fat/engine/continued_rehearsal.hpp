// A run's plan, state and history -> its whole campaign: what was, then what is expected from now
// on. Pure.
#pragma once

#include <vector>

#include "fat/engine/rehearsal.hpp"
#include "fat/engine/run_state.hpp"
#include "fat/ports/journal.hpp"

namespace fat {

/// `plan` as it stands, `state` with all of `events`. What runs now is expected to end when its
/// kind usually does, `now` at the earliest. Of a run that has ended: what was. O(steps + events),
/// apart from the futures that rehearse() plays.
Rehearsal rehearse_on(const Plan& plan,
                      const RunState& state,
                      const std::vector<StoredEvent>& events,
                      const Past& past,
                      const Instant& now);

}  // namespace fat
