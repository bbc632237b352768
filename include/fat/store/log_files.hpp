// A file that somebody attaches to a logbook entry -> its copy in the station, named by its
// content.
#pragma once

#include <filesystem>

#include "fat/model/log_entry.hpp"

namespace fat {

inline constexpr std::uint64_t kLargestAttachment = 20ULL << 20U;  ///< bytes

/// STATE/logbook/SHA256.EXT
std::filesystem::path log_file(const std::filesystem::path& state, const LogAttachment& attachment);

/// Copies `file` there unless it is there already; durable when it returns. `shared`: the station's
/// group may read it. Throws std::system_error, or std::runtime_error when it is no plain file or
/// larger than kLargestAttachment.
LogAttachment keep_log_file(const std::filesystem::path& state,
                            const std::filesystem::path& file,
                            bool shared);

}  // namespace fat
