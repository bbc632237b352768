// A target -> a freezer that has it and keeps it, or an error in words.
#pragma once

#include "fat/ports/task.hpp"

namespace fat {

/// `set_temperature`: `target` within `tolerance` for `steady`, at the latest after `limit`. The
/// target is absolute, so it may be repeated.
TaskExit set_temperature(const TaskContext& context);

/// `dummy_wrapper`, as the original's schedules call it: from `fcurrent` by `fdelta` degC.
TaskExit change_temperature(const TaskContext& context);

}  // namespace fat
