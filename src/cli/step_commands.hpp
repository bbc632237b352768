// list, show, output, history: what the steps of a run did.
#pragma once

#include <vector>

#include "cli/command.hpp"

namespace fat {

std::vector<Command> step_commands();

}  // namespace fat
