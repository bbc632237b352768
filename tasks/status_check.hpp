// The modules of a run -> FPGA image as it should be, temperature, high voltage; all at the same
// time.
#pragma once

#include "fat/ports/task.hpp"

namespace fat {

/// Compares each module's FPGA version with its module JSON and loads the newest image of its flash
/// when it differs, up to three times (reference 1e: degg_check). Then reads temperature and high
/// voltage. A module that fails is said by reports; Errored only when not a single one answers.
TaskExit status_check(const TaskContext& context);

}  // namespace fat
