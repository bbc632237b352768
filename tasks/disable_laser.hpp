// The laser's generator -> its output is off, and says so.
#pragma once

#include "fat/ports/task.hpp"

namespace fat {

/// `disable_laser`. Throws DeviceError when nobody can say that it is off: what must be dark must
/// not start then. Absolute, so it may be repeated; part of a safe state.
TaskExit disable_laser(const TaskContext& context);

}  // namespace fat
