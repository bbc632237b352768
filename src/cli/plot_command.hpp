// `fatmaster plot`: what a channel showed -> a picture.
#pragma once

#include "cli/command.hpp"

namespace fat {

Command plot_command();

}  // namespace fat
