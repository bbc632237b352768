// A main step whose turn has come -> what it still waits for: a step it follows, or a resource.
#pragma once

#include <optional>
#include <string>

#include "fat/engine/run_state.hpp"
#include "fat/model/plan.hpp"

namespace fat {

/// "step 'gain' to end", "hv, held by 'gain'"; nullopt when the step can start. Two steps that
/// collide run in the order of the plan, whatever becomes of the first; so nothing waits in a
/// circle. O(open attempts, and unended steps in the background).
std::optional<std::string> what_it_waits_for(const Plan& plan,
                                             const RunState& state,
                                             std::size_t index);

/// "'gain'", "'gain' and 'analyse'": all that holds something of the bench, oldest first.
std::string holders_text(const RunState& state);

/// "when step 'gain' has ended", "when steps 'gain' and 'analyse' have ended", or "now".
std::string when_free(const RunState& state);

}  // namespace fat
