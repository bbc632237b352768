// A schedule about to be run -> a copy in the run's folder that stays what it is.
#pragma once

#include <filesystem>

namespace fat {

/// Copies the schedule to RUN_FOLDER/<stem>_<n><extension> and returns that path. n is one more
/// than the highest there: a name is never used twice. Whole or not at all, and durable when it
/// returns. Makes the folder when it is absent. Throws std::system_error or std::runtime_error.
std::filesystem::path archive_schedule(const std::filesystem::path& schedule_file,
                                       const std::filesystem::path& run_folder);

}  // namespace fat
