// tasks, task, sim, version: the catalog, one task by hand, the virtual station.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"

namespace fat {

std::vector<Command> task_commands();

/// Performs a built-in task here and now, as a step would; `words` are its parameters. Returns its
/// exit status. Throws UsageError when there is no such task.
int perform_task(const Invocation& invocation,
                 const std::string& name,
                 const std::vector<std::string>& words);

}  // namespace fat
