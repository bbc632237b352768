// The command that plays a whole campaign in virtual time.
#pragma once

#include "cli/command.hpp"

namespace fat {

Command rehearse_command();

}  // namespace fat
