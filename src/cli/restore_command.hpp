// restore: a snapshot back into the station, or into a new folder.
#pragma once

#include "cli/command.hpp"

namespace fat {

Command restore_command();

}  // namespace fat
