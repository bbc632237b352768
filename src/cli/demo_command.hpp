// demo: the demo campaign on the virtual station, in a folder of its own.
#pragma once

#include "cli/command.hpp"

namespace fat {

Command demo_command();

}  // namespace fat
