// sim: the virtual station alone; faults on a running one.
#pragma once

#include "cli/command.hpp"

namespace fat {

Command sim_command();

}  // namespace fat
