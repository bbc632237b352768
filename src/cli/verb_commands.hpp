// The verbs of DESIGN 9 as commands.
#pragma once

#include <vector>

#include "cli/command.hpp"

namespace fat {

std::vector<Command> verb_commands();

}  // namespace fat
