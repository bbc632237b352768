// Up to when each channel's readings were published -> a small file, and back.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "fat/model/instant.hpp"

namespace fat {

/// nullopt when there is none, or none that can be read: it was made by nobody but us, and what is
/// lost with it is that some readings are published twice, or that those of an outage are not.
std::optional<std::map<std::string, WallTime>> read_telemetry_marks(
    const std::filesystem::path& file);

/// Whole or not at all; a power cut may undo it. Throws std::system_error.
void write_telemetry_marks(const std::filesystem::path& file,
                           const std::map<std::string, WallTime>& marks);

}  // namespace fat
