// What a task says while it works: progress, measurements, module states, messages, artifacts,
// verdicts.
#pragma once

#include "fat/model/report_line.hpp"

namespace fat {

/// Implementations: `JsonReporter` and `TextReporter` (tasks), `RecordingReporter` (tests/tasks).
/// May be called from any thread.
class Reporter {
 public:
  virtual ~Reporter() = default;

  /// Said at once. Throws std::system_error when the channel cannot take it: a result nobody hears
  /// is not a result.
  virtual void report(const Report& report) = 0;
};

}  // namespace fat
