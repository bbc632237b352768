// tasks, task, sim, version: the catalog, one task by hand, the virtual station.
#pragma once

#include <vector>

#include "cli/command.hpp"

namespace fat {

std::vector<Command> task_commands();

}  // namespace fat
