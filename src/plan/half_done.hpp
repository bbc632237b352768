// Entries of a run JSON -> which titles an original run left done.
#pragma once

#include <optional>
#include <vector>

#include "fat/plan/run_file.hpp"
#include "plan/json_outline.hpp"

namespace fat {

/// -1, 0 or 1: what the original's readers take for the mark of a task.
bool is_mark_value(const JsonEntry& entry);

/// nullopt when no MasterFAT_NN has entries. The outline must have been read with the prefix
/// "MasterFAT_".
std::optional<HalfDone> half_done_of(const std::vector<JsonEntry>& run_json);

}  // namespace fat
