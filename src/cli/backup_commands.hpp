// backup, restore: snapshots by hand.
#pragma once

#include <vector>

#include "cli/command.hpp"

namespace fat {

std::vector<Command> backup_commands();

}  // namespace fat
