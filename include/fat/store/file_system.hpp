// A path -> whether a journal and locks are safe on its file system.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace fat {

/// A sentence why journal, locks and step folders must not live at `path` (NFS, SMB, sshfs ...), or
/// nullopt when they may. `path` may be a folder that does not exist yet: then its nearest existing
/// parent counts.
std::optional<std::string> unsafe_file_system(const std::filesystem::path& path);

}  // namespace fat
