// status, why, eta: where a run stands.
#pragma once

#include <vector>

#include "cli/command.hpp"

namespace fat {

std::vector<Command> status_commands();

}  // namespace fat
