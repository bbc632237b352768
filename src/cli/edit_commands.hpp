// insert, move, drop and edit: people change the steps of a run that have not started.
#pragma once

#include <vector>

#include "cli/command.hpp"

namespace fat {

std::vector<Command> edit_commands();

}  // namespace fat
