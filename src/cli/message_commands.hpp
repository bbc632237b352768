// `fatmaster messages`: what waits to be told, and what could not be.
#pragma once

#include <vector>

#include "cli/command.hpp"

namespace fat {

std::vector<Command> message_commands();

}  // namespace fat
