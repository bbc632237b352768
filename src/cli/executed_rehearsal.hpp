// A plan -> its campaign executed on a virtual bench in a station folder of its own.
#pragma once

#include <filesystem>

#include "cli/command.hpp"
#include "fat/engine/rehearsal.hpp"
#include "fat/model/plan.hpp"
#include "fat/model/station.hpp"

namespace fat {

/// All outlive the execution.
struct RehearsedCampaign {
  const Plan& plan;
  const Station& station;
  const Rehearsal& rehearsal;
};

struct ExecutionOptions {
  double speed = 2000;           ///< of the virtual bench
  bool foreign = false;          ///< Python functions and commands run too
  std::filesystem::path folder;  ///< new, and kept; empty: one that is removed when all went well
};

/// Nothing of the real station is written, and no wire of it is touched; what `foreign` lets run
/// does what it does. Returns the run's exit code. Throws CommandError.
int execute_rehearsal(const Invocation& invocation,
                      const RehearsedCampaign& campaign,
                      const ExecutionOptions& options);

}  // namespace fat
