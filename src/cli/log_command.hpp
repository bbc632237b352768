// `log`: write into the logbook of a run, fill in its form, read it, export it.
#pragma once

#include "cli/command.hpp"

namespace fat {

Command log_command();

}  // namespace fat
