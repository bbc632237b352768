// A plan -> what its steps say of channels that station.ini does not declare, or declares
// otherwise.
#pragma once

#include <vector>

#include "fat/model/plan.hpp"
#include "fat/model/problem.hpp"
#include "fat/model/station.hpp"

namespace fat {

/// A problem for each channel of `set_channel` and `wait_for_channel` that is not there, cannot be
/// set to that, or is in another unit; of the safe state too.
std::vector<Problem> wrong_channels(const Plan& plan, const Station& station);

}  // namespace fat
