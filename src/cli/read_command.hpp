// `fatmaster read`: what the channels of station.ini show.
#pragma once

#include "cli/command.hpp"

namespace fat {

Command read_command();

}  // namespace fat
