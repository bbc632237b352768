// What keeps a station well: doctor, install-service, backup, restore.
#pragma once

#include <vector>

#include "cli/command.hpp"

namespace fat {

std::vector<Command> station_commands();

}  // namespace fat
