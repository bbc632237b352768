// A schedule's text -> a new file that is whole, checked and never in another's place.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace fat {

enum class NewScheduleResult { Written, Exists, Refused };

/// Writes a draft beside `target`, asks `is_good` about it, and gives it its name; durable when it
/// returns Written. Else nothing is left of it. Makes the folder when it is absent. Throws
/// std::system_error.
NewScheduleResult write_new_schedule(
    const std::filesystem::path& target,
    const std::string& text,
    const std::function<bool(const std::filesystem::path& draft)>& is_good);

/// The text of one. Throws std::system_error or std::runtime_error.
std::string read_schedule(const std::filesystem::path& file);

}  // namespace fat
