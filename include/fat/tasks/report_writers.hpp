// Reports -> JSON lines for the shim, or lines for a person.
#pragma once

#include <iosfwd>
#include <mutex>
#include <string>

#include "fat/ports/reporter.hpp"

namespace fat {

/// One line of the report channel, without its line end (DESIGN 7). Empty for UnknownReport, which
/// nobody writes.
std::string to_json_line(const Report& report);

/// Writes each report at once and whole to a descriptor that it does not own.
class JsonReporter : public Reporter {
 public:
  explicit JsonReporter(int descriptor) : descriptor_(descriptor) {}

  void report(const Report& report) override;

 private:
  int descriptor_;
  std::mutex mutex_;  // one line at a time
};

/// For a task that a person started by hand.
class TextReporter : public Reporter {
 public:
  /// `out` must outlive it.
  explicit TextReporter(std::ostream& out) : out_(out) {}

  void report(const Report& report) override;

 private:
  std::ostream& out_;  // guarded by mutex_
  std::mutex mutex_;
};

}  // namespace fat
