// Checks made by hand before a run -> a file of lines that only grows, and back.
#pragma once

#include <filesystem>
#include <vector>

#include "fat/model/check_record.hpp"

namespace fat {

/// STATE/checks.jsonl. A run that has not begun has no events, and the journal has one writer: so
/// this stands beside it. Readers never disturb writers, nor the scheduler.
class CheckBook {
 public:
  explicit CheckBook(const std::filesystem::path& state) : file_(state / "checks.jsonl") {}

  /// Durable when it returns. Throws std::system_error.
  void add(int run, const CheckRecord& record);

  /// Of that run, oldest first. A line that is torn or not ours is left out. Throws
  /// std::system_error or std::runtime_error when the file is there and cannot be read.
  std::vector<CheckRecord> of_run(int run) const;

 private:
  std::filesystem::path file_;
};

}  // namespace fat
