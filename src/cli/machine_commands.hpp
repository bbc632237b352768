// `fatmaster station states`, `fatmaster station graph`: module power and chillers.
#pragma once

#include "cli/command.hpp"

namespace fat {

/// Exit code 1 when one of them is in an error, an alarm, unknown, or when nobody watches them.
int print_machine_states(const Invocation& invocation);

/// The tables of transitions: as text, or as a file (.dot, .svg) of --output.
int draw_machines(const Invocation& invocation);

}  // namespace fat
