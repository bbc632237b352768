// The run's files and the journal -> a snapshot in every backup target of the station.
#pragma once

#include "fat/ports/task.hpp"

namespace fat {

/// All targets at the same time: one that hangs does not keep the others from theirs (the step's
/// timeout ends it). Skipped when there is no target, Errored when one failed.
TaskExit backup(const TaskContext& context);

}  // namespace fat
