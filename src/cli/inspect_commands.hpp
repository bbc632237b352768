// Everything that only looks at a run: status, why, eta, list, show, output, history.
#pragma once

#include <vector>

#include "cli/command.hpp"

namespace fat {

/// They change nothing and work in a read-only folder and while a run writes.
std::vector<Command> inspect_commands();

}  // namespace fat
