// `fatmaster services`: what supervised services do, and telling them.
#pragma once

#include "cli/command.hpp"

namespace fat {

Command services_command();

}  // namespace fat
