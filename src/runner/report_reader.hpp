// A growing report.jsonl -> its new complete lines, from an offset on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "fat/model/owned_fd.hpp"

namespace fat {

class ReportReader {
 public:
  /// `offset` is where the last complete line that is known ends.
  explicit ReportReader(std::filesystem::path file, std::uint64_t offset = 0);

  struct Batch {
    std::vector<std::string>
        lines;  ///< without their ends; an overlong one is cut, so that it is seen as damaged
    bool more = false;  ///< call again: there is more already
  };

  /// Reads at most 256 KiB. Empty when there is nothing new, or no file yet. Throws
  /// std::system_error when it cannot be read.
  Batch read();

  /// After the last line given out: where another reader would go on.
  std::uint64_t offset() const { return offset_; }

 private:
  bool has_grown() const;
  void take(std::string_view bytes, Batch& batch);

  std::filesystem::path path_;
  OwnedFd file_;
  std::uint64_t offset_;
  std::uint64_t read_to_;
  std::string begun_;  // between the two: a line whose end is not yet there
  bool too_long_ = false;
};

}  // namespace fat
