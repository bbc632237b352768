// `fatmaster interlock`: what interlocks say, and a person's word to them.
#pragma once

#include "cli/command.hpp"

namespace fat {

Command interlock_command();

}  // namespace fat
