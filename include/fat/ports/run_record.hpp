// The run JSON as a view of the run, in the original's format.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "fat/model/event.hpp"
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

  /// The run JSON's text for a step that opens all it finds: without the modules that the attempt
  /// is not told of, those it is told of last at the end, every path good from anywhere. Throws as
  /// write().
  virtual std::string text_for(const AttemptStarted& attempt) = 0;

  /// Brings into the run JSON what a step wrote into its copy in `folder`, once: RUN_JSON and
  /// RUN_JSON.given lie there, the latter is renamed when it is done. Nothing when there is none.
  /// Returns and throws as write(); what cannot be read is said and left where it is.
  virtual std::vector<std::string> take_back(const std::filesystem::path& folder) = 0;
};

}  // namespace fat
