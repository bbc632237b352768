// Folders -> a descriptor that wakes up when something in them changes.
#pragma once

#include <chrono>
#include <filesystem>
#include <vector>

#include "fat/model/owned_fd.hpp"

namespace fat {

/// Who watches for a commit of the journal waits no longer than this: it is written to the file
/// first and becomes visible afterwards, through shared memory, which wakes nobody.
constexpr std::chrono::milliseconds kJournalLag{250};

class FileWatch {
 public:
  /// Folders that cannot be watched are left out: then `wait` ends when the patience is over.
  explicit FileWatch(const std::vector<std::filesystem::path>& folders);

  /// Returns when something changed since the last call, at the latest after `patience`; whether
  /// anything did.
  bool wait(std::chrono::milliseconds patience) const;

 private:
  OwnedFd changes_;
};

}  // namespace fat
