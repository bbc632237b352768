// The built-in tasks: what a schedule can name without `package`.
#pragma once

#include <string_view>

#include "fat/model/station.hpp"
#include "fat/model/task_info.hpp"
#include "fat/ports/task.hpp"

namespace fat {

/// Every built-in task, in the order of `fatmaster tasks`. Lives as long as the program.
const TaskCatalog& catalog();

/// The same as that station's schedules are checked against: where modules are asked by [modules]
/// probe, status_check promises no measurements of theirs and needs no Port. Lives as long as the
/// program.
const TaskCatalog& catalog_of(const Station& station);

/// Performs a task of kind Builtin in this process. Throws std::invalid_argument when there is none
/// of that name, and what the task throws.
TaskExit run_task(std::string_view name, const TaskContext& context);

/// Whether `--verify` can ask the hardware if what the task does is done.
bool can_verify(std::string_view name);

/// Changes nothing. Done: it is; Errored: it is not. Throws like run_task when nobody can tell.
TaskExit verify_task(std::string_view name, const TaskContext& context);

}  // namespace fat
