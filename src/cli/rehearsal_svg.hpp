// A rehearsal -> a drawing: bars over time, one lane per resource, the temperature above.
#pragma once

#include <string>

#include "cli/rehearsal_text.hpp"

namespace fat {

/// One SVG file without references to others, in light or dark as the viewer is. What stands under
/// the pointer is told as a tooltip.
std::string rehearsal_svg(const RehearsalReport& report);

}  // namespace fat
