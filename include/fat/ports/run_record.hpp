// The run JSON as a view of the run, in the original's format.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "fat/model/run_summary.hpp"

namespace fat {

/// Implementations: `RunJsonFile` (store), `RecordingRunRecord` (tests/fakes).
class RunRecord {
 public:
  virtual ~RunRecord() = default;

  /// Merges the view of `summary` into the run JSON; what others wrote is kept. Atomic and durable.
  /// Returns warnings for people (a damaged file was kept aside and restored from ...). Throws
  /// std::system_error or std::runtime_error when nothing could be written; the file on disk is
  /// then as it was.
  virtual std::vector<std::string> write(const RunSummary& summary) = 0;
};

}  // namespace fat
