// `fatmaster station`: the process that reads a bench all the time and keeps what it showed.
#pragma once

#include "cli/command.hpp"

namespace fat {

/// Reads, stores and evaluates the interlocks until SIGINT or SIGTERM; then the settings of those
/// with `action = set` are put in force, unless --leave-outputs was given. Throws CommandError when
/// another one does already.
int run_station_process(const Invocation& invocation);

}  // namespace fat
