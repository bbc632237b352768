// Waits until a living run asks something.
#pragma once

#include <chrono>

#include "fat/model/station.hpp"

namespace fat {

/// Returns when a prompt is open, or the patience is over: then the answer that follows says why it
/// cannot be given.
void wait_for_prompt(const Station& station, std::chrono::milliseconds patience);

}  // namespace fat
