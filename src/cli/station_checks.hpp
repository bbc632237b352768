// A station -> findings, one function for each thing that can be wrong.
#pragma once

#include <vector>

#include "cli/doctor.hpp"

namespace fat {

using Findings = std::vector<Finding>;

// Quick ones.
Findings check_disk(const Station& station);
Findings check_file_system(const Station& station);
Findings check_writable(const Station& station);
Findings check_clock();
Findings check_time_zone(const Station& station);
Findings check_program();
Findings check_socket(const Station& station);
Findings check_backups(const Station& station, Depth depth);

// Those that take their time.
Findings check_shim_runs();
Findings check_python();
Findings check_journal(const Station& station);
Findings check_owner(const Station& station);
Findings check_terminal_keepers();
/// Sends a test message to each.
Findings check_sinks(const Station& station);

}  // namespace fat
