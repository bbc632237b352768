// The long messages of a run: what it begins with and how it ended.
#pragma once

#include <string>
#include <vector>

#include "fat/model/event.hpp"
#include "fat/ports/campaign.hpp"

namespace fat {

/// Time, run, modules with ports, condensed schedule, expected end and next person.
std::string start_banner(const Event& event, const Campaign& campaign, const std::string& station);

/// When it ended, each module's verdict, what to type next, and where the report will be.
std::string end_summary(const Event& event, const Campaign& campaign);

/// "[0] setup", "[4-63] cool down/... (60 steps)": steps of one block, or of one name but for its
/// number, stand in one line.
std::vector<std::string> condensed_schedule(const Plan& plan);

}  // namespace fat
