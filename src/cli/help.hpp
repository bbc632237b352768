// Commands -> the texts of --help.
#pragma once

#include <string>

#include "cli/command.hpp"

namespace fat {

/// `fatmaster --help`: every command with its summary, the common options, where to begin.
std::string overview_text();

/// `fatmaster COMMAND --help`.
std::string help_text(const Command& command);

}  // namespace fat
