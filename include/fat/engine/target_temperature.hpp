// A step -> the temperature to which it brings the bench.
#pragma once

#include <optional>

#include "fat/model/plan.hpp"

namespace fat {

/// degC: a parameter or tag of the step with a value in degC, or `fcurrent` and `fdelta` of the
/// original's freezer function.
std::optional<double> target_temperature(const Step& step);

/// How long the original's freezer function pushes buttons: 0.4 s for each 0.1 degC. Nothing waits
/// until the freezer is there. nullopt for any other step.
std::optional<Microseconds> time_of_button_pushing(const Step& step);

}  // namespace fat
