// What the command prints -> output.log with output.log.1 before it, or a file for each day: the
// end is kept, disk use is bounded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "fat/model/owned_fd.hpp"
#include "runner/shim/system.hpp"

namespace fat::shim {

/// A file for each UTC day instead of output.log: PREFIX_2026-11-22.log.
struct DailyLog {
  std::string prefix;  ///< absolute path; empty: output.log
  int days = 30;       ///< older files of this prefix are removed
};

/// "_2026-11-22.log".
std::string day_suffix(Microseconds wall);

/// Never blocks and never fails: what the disk refuses is counted as lost.
class OutputLog {
 public:
  /// `folder` is a descriptor that outlives this; `limit` bytes per file.
  OutputLog(int folder, std::uint64_t limit, DailyLog daily, Microseconds wall);

  /// A line is not torn in two by a new day, unless it is longer than what comes at once.
  void take(std::string_view bytes, Microseconds wall);
  /// Gives the disk space back: only for the exit record, which matters more.
  void discard();

  /// All that was printed, also what was rotated away or lost.
  std::uint64_t bytes() const { return bytes_; }

  std::uint64_t lost() const { return lost_; }

 private:
  void append(std::string_view bytes);
  void begin_day(Microseconds wall);
  void remove_old(Microseconds wall) const;
  void open_file();
  void rotate();

  int folder_;
  std::uint64_t limit_;
  DailyLog daily_;
  std::string name_ = "output.log";
  OwnedFd file_;
  std::uint64_t size_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t lost_ = 0;
  bool in_line_ = false;
};

}  // namespace fat::shim
