// install-service and what it installs: the campaign goes on after a reboot.
#pragma once

#include <vector>

#include "cli/command.hpp"

namespace fat {

std::vector<Command> service_commands();

}  // namespace fat
