// Windows and what was read -> why a measurement would not be valid. Unknown is never valid.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fat/engine/step_state.hpp"

namespace fat {

/// "freezer is at -31.2 degC, not in [-42, -38] degC", "nobody has read freezer", "freezer was last
/// read 25 min before"; nullopt when all is well at that moment.
std::optional<std::string> why_not_valid(const std::vector<Window>& windows,
                                         const Signals& signals,
                                         RunTime at);

}  // namespace fat
