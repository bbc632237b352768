// `fatmaster user`: who may log in to the dashboard.
#pragma once

#include "cli/command.hpp"

namespace fat {

Command user_command();

}  // namespace fat
