// A run JSON -> its MasterFAT_NN: the next free one, and what the newest says was done.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace fat {

/// The first free "MasterFAT_NN". Throws std::runtime_error when 00 to 99 are taken (existing
/// readers take MasterFAT_100 for a module's path) or the file is not a complete JSON object;
/// std::system_error when it cannot be read.
std::string next_master_key(const std::filesystem::path& run_file);

/// What a MasterFAT_NN says, ours or the original's.
struct MasterView {
  struct Line {
    int index = 0;
    std::string title;
    int value = -1;  ///< 1 done, 0 errored, -1 everything else
  };

  std::string key;  ///< "MasterFAT_03"
  std::vector<Line>
      lines;           ///< in the file's order; the original may hold two for a title with a space
  bool ended = false;  ///< has an end_time
  bool ours = false;   ///< written by fatmaster: the journal knows more
};

/// The one with the highest number; nullopt when there is none. Throws as next_master_key.
std::optional<MasterView> newest_master(const std::filesystem::path& run_file);

}  // namespace fat
