// init: a template's name -> a new station folder, commented, ready to be planned.
#pragma once

#include "cli/command.hpp"

namespace fat {

Command init_command();

}  // namespace fat
