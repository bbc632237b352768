// A process id -> a mark that stays with that process, and whether it still lives.
#pragma once

#include <optional>

#include "fat/model/lease.hpp"

namespace fat {

/// nullopt when there is no such process.
std::optional<ProcessMark> mark_of_process(std::int64_t pid);

/// False when it has ended, also when its number was given to another, or the machine was started
/// anew.
bool lives(const ProcessMark& process);

}  // namespace fat
