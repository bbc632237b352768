// Summaries that would have gone into the run JSON -> a list the test reads.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "fat/ports/run_record.hpp"

namespace fat {

/// Refuses like a full disk while `refuses` holds.
class RecordingRunRecord : public RunRecord {
 public:
  std::vector<std::string> write(const RunSummary& summary) override {
    if (on_write) {
      on_write();
    }
    if (refuses) {
      ++refused;
      throw std::runtime_error{"no space left"};
    }
    written.push_back(summary);
    return warnings;
  }

  bool refuses = false;
  int refused = 0;
  std::vector<RunSummary> written;
  std::vector<std::string> warnings;  ///< what every write says
  std::function<void()> on_write;     ///< may be empty
};

}  // namespace fat
