// A path from a user -> the file's text, or one sentence why there is none.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace fat {

/// `problem` is empty when `text` is the whole file.
struct FileText {
  std::string text;
  std::string
      problem;  ///< "no such file", "is a folder, not a file", "cannot be read: Permission denied"
};

/// The problem of a file that is not there.
inline constexpr std::string_view kNoSuchFile = "no such file";

/// Largest file anybody here reads; a bigger one is refused before a byte is read.
inline constexpr std::size_t kMaxFileBytes = std::size_t{64} << 20U;

/// Never blocks on pipes and devices: only regular files are read.
FileText read_file(const std::filesystem::path& path);

/// The first of `folders` that holds `named` (as it is when absolute), lexically normal and
/// absolute; `named` in `folders.front()` when none does.
std::filesystem::path find_in(const std::filesystem::path& named,
                              const std::vector<std::filesystem::path>& folders);

/// "looked for /a/x.json and /b/x.json", for messages about a file that is not there.
std::string looked_for(const std::filesystem::path& named,
                       const std::vector<std::filesystem::path>& folders);

}  // namespace fat
