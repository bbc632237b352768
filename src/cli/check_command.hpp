// check: the shifter's quick check list, and each of its checks by hand.
#pragma once

#include "cli/command.hpp"

namespace fat {

Command check_command();

}  // namespace fat
