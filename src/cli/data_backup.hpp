// backup data: the folders with a run's data to the backup targets, between its steps.
#pragma once

#include "cli/command.hpp"

namespace fat {

/// `backup data [RUN] [--to TARGET]`; the run stands in the operand TARGET.
int back_up_data(const Invocation& invocation);

}  // namespace fat
