// Who acts at the station, and who has seen what: `shift` and `ack`.
#pragma once

#include <vector>

#include "cli/command.hpp"

namespace fat {

std::vector<Command> shift_commands();

}  // namespace fat
