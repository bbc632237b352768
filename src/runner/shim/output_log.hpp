// What the command prints -> output.log, with output.log.1 before it: the end is kept, disk use is
// bounded.
#pragma once

#include <cstdint>
#include <string_view>

#include "fat/model/owned_fd.hpp"

namespace fat::shim {

/// Never blocks and never fails: what the disk refuses is counted as lost.
class OutputLog {
 public:
  /// `folder` is a descriptor that outlives this; `limit` bytes per file.
  OutputLog(int folder, std::uint64_t limit);

  void take(std::string_view bytes);
  /// Gives the disk space back: only for the exit record, which matters more.
  void discard();

  /// All that was printed, also what was rotated away or lost.
  std::uint64_t bytes() const { return bytes_; }

  std::uint64_t lost() const { return lost_; }

 private:
  void open_file();
  void rotate();

  int folder_;
  std::uint64_t limit_;
  OwnedFd file_;
  std::uint64_t size_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t lost_ = 0;
};

}  // namespace fat::shim
