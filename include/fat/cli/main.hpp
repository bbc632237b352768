// Arguments of the program -> its exit code.
#pragma once

#include <string>
#include <vector>

namespace fat {

/// Runs one command line, without the program's name. Never throws: what nobody caught is our own
/// bug, exit code 70.
int run_command_line(const std::vector<std::string>& arguments);

}  // namespace fat
