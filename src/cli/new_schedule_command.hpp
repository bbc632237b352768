// new-schedule: a run and a template -> a schedule for that run.
#pragma once

#include "cli/command.hpp"

namespace fat {

Command new_schedule_command();

}  // namespace fat
