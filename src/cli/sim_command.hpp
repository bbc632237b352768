// sim: the virtual station alone; faults on a running one.
#pragma once

#include <filesystem>
#include <vector>

#include "cli/command.hpp"
#include "fat/sim/fault_order.hpp"

namespace fat {

Command sim_command();

/// Throws CommandError when the file cannot be read, or is no script.
std::vector<TimedOrder> read_fault_script(const std::filesystem::path& file);

}  // namespace fat
