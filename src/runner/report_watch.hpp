// Attempt folders -> a descriptor that tells which of their reports have grown. One for all
// attempts of a loop.
#pragma once

#include <filesystem>
#include <vector>

#include "fat/model/owned_fd.hpp"

namespace fat {

class ReportWatch {
 public:
  /// Throws std::system_error when the kernel has no watch left
  /// (/proc/sys/fs/inotify/max_user_instances).
  ReportWatch();

  /// Readable when `changed` has something to tell; never blocks.
  int fd() const { return events_.get(); }

  /// Watches the folder's report.jsonl, which must exist (launch() makes it). Returns its number.
  /// What grew before is not told: read once after adding. Throws std::system_error.
  int add(const std::filesystem::path& attempt_folder);
  /// Unknown numbers are left alone.
  void remove(int number);

  /// Numbers of what has grown since the last call, each once; all of them when the kernel lost
  /// count.
  std::vector<int> changed();

 private:
  OwnedFd events_;
  std::vector<int> numbers_;  // sorted
};

}  // namespace fat
