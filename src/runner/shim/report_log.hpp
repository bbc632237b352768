// The command's report channel -> report.jsonl, one {"at":<microseconds UTC>,"report":<the line>}
// per complete line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "fat/model/owned_fd.hpp"
#include "runner/shim/system.hpp"

namespace fat::shim {

/// Never blocks and never fails: what is too long or too much is counted and said in a warning
/// line. What the disk refuses waits (a question may be in it) up to 1 MiB, then it is dropped
/// likewise.
class ReportLog {
 public:
  /// `folder` is a descriptor that outlives this; the file takes up to `limit` bytes.
  ReportLog(int folder, std::uint64_t limit);

  void take(std::string_view bytes, Microseconds at);
  /// The command is gone: its last line counts also without an end.
  void finish(Microseconds at);
  /// A line of our own; `text` without quotes, backslashes and control characters.
  void warn(std::string_view text, Microseconds at);

  /// Something waits for the disk.
  bool wants_another_try() const { return !batch_.empty(); }

  void try_again(Microseconds at) { flush(at); }

  /// False when the disk refused.
  bool sync();

  /// Length of the file.
  std::uint64_t bytes() const { return size_; }

  /// What still waits is not in the file either.
  std::uint64_t dropped() const { return dropped_ + batch_.size(); }

 private:
  void end_line(std::string_view line, Microseconds at);
  void add(std::string_view report, Microseconds at);
  void add_warning(std::string_view text, Microseconds at);
  void flush(Microseconds at);
  std::size_t append(std::string_view lines);

  int folder_;
  OwnedFd file_;
  std::uint64_t limit_;
  std::string line_;       // begun, its end not yet seen
  bool too_long_ = false;  // line_ was given up, the rest of it is skipped
  std::string batch_;      // complete lines, not yet written
  bool limit_said_ = false;
  std::uint64_t size_ = 0;
  std::uint64_t dropped_ = 0;
  std::uint64_t unsaid_ = 0;  // of dropped_, refused by the disk and not yet said
};

}  // namespace fat::shim
