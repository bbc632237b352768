// A plan -> the list a shifter reads: "[i] title" in order, with what it is and how long it usually
// takes.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "fat/model/plan.hpp"
#include "fat/model/station.hpp"

namespace fat {

using PastDurations = std::function<std::vector<Microseconds>(const Step&)>;

/// From the station's journal; nothing known when there is none.
PastDurations past_durations_of(const Station& station);

std::string plan_text(const Plan& plan, const PastDurations& past);

}  // namespace fat
