// A report -> a file of the run, whole or not at all; what attempts left behind -> bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace fat {

/// Replaces it; on any error the old one stands. One writer in its folder at a time, nobody waits.
/// `file` is absolute. Throws std::system_error that names file or folder.
void write_report_file(const std::filesystem::path& file, std::string_view text, bool for_group);

/// nullopt when it is not there, is no regular file, or is longer than `most` bytes.
std::optional<std::string> read_artifact(const std::filesystem::path& file, std::uint64_t most);

/// Its last `most` bytes; nullopt when it is not there or is no regular file.
std::optional<std::string> read_end(const std::filesystem::path& file, std::uint64_t most);

}  // namespace fat
