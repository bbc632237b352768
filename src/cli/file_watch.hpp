// Folders -> a descriptor that wakes up when something in them changes.
#pragma once

#include <chrono>
#include <filesystem>
#include <vector>

#include "fat/model/owned_fd.hpp"

namespace fat {

class FileWatch {
 public:
  /// Folders that cannot be watched are left out: then `wait` ends when the patience is over.
  explicit FileWatch(const std::vector<std::filesystem::path>& folders);

  /// Returns when something changed since the last call, at the latest after `patience`.
  void wait(std::chrono::milliseconds patience) const;

 private:
  OwnedFd changes_;
};

}  // namespace fat
