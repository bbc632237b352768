// Name of a program -> the file that would be started.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace fat {

/// A name with a slash is looked for in `folders` in order (as it is when absolute), one without on
/// PATH.
std::optional<std::filesystem::path> find_program(
    const std::string& name, const std::vector<std::filesystem::path>& folders);

}  // namespace fat
