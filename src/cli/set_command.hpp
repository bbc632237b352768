// `fatmaster set`: a channel's value, ordered and read back.
#pragma once

#include "cli/command.hpp"

namespace fat {

Command set_command();

}  // namespace fat
