// Run JSON and module JSONs -> the modules a task is to treat.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "fat/ports/task.hpp"

namespace fat {

/// What becomes of modules that are not in the run any more.
enum class Quarantined { LeftOut, Marked };

/// In the run JSON's order. Relative paths are looked for in `folders`, then beside the run JSON.
/// `serials`, a JSON list, says which are still in the run; the others are left out, or marked.
/// Throws FileError with every problem.
std::vector<TaskModule> read_run_modules(const std::filesystem::path& run_file,
                                         const std::vector<std::filesystem::path>& folders,
                                         const std::optional<std::string>& serials,
                                         Quarantined quarantined);

/// What the module JSONs say about the PMTs by now. Throws FileError with every problem.
void read_again(std::vector<TaskModule>& modules);

}  // namespace fat
