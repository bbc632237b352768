// What a run JSON says + how the run stands -> what it is to say (DESIGN 8). Pure.
#pragma once

#include <string>
#include <vector>

#include "fat/model/run_summary.hpp"
#include "store/json_members.hpp"

namespace fat::store {

/// Adds or updates MasterFAT_NN, ManualInputTimeN and RunTerminated; every other member stays where
/// and as it is. Merging the same twice changes nothing. `today` is the Date of a run that has not
/// started yet.
std::vector<JsonMember> merge_run_view(std::vector<JsonMember> members,
                                       const RunSummary& summary,
                                       const std::string& version,
                                       WallTime today);

/// "2026-11-21 03:20:02.000000", local: as the original writes moments, but always with
/// microseconds.
std::string to_original_time(WallTime when);

}  // namespace fat::store
