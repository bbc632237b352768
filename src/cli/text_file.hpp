// A text -> a file, or why it cannot be written.
#pragma once

#include <filesystem>
#include <string>

namespace fat {

/// What stood there is replaced. Throws CommandError (kExitFileWrong) when it cannot be written.
void write_text_file(const std::filesystem::path& file, const std::string& text);

}  // namespace fat
