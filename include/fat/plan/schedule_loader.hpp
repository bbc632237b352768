// A schedule file, the task catalog, the station and the run JSON -> the plan, or everything that
// is wrong with them.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "fat/model/plan.hpp"
#include "fat/model/task_info.hpp"
#include "fat/plan/run_file.hpp"
#include "fat/plan/station_file.hpp"

namespace fat {

/// What a person asked for.
struct ScheduleRequest {
  std::filesystem::path schedule;        ///< as named on the command line
  std::filesystem::path run_file;        ///< of --run; empty: [constants] run_file
  std::filesystem::path current_folder;  ///< empty: that of the process
  Marks marks = Marks::Read;             ///< of the run JSON
};

/// The plan is fit to run when `has_errors(problems)` is false. `problems` hold those of the
/// station file too.
struct LoadedPlan {
  Plan plan;
  std::vector<Problem> problems;
  std::optional<HalfDone> half_done;  ///< what MasterFAT_NN entries of the run JSON say, when read
};

/// Never throws for what a person wrote, writes nothing and starts nothing. Names on the command
/// line are looked for in the current folder first, paths in the schedule in the station folder
/// first; the other folder comes second.
LoadedPlan load_plan(const ScheduleRequest& request,
                     const TaskCatalog& catalog,
                     const StationFile& station);

}  // namespace fat
