// Summaries that would have gone into the run JSON -> a list the test reads.
#pragma once

#include <filesystem>
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

  std::string text_for(const AttemptStarted& attempt) override {
    if (refuses_text) {
      throw std::runtime_error{"no JSON"};
    }
    asked_for.push_back(attempt);
    return "{}";
  }

  std::vector<std::string> take_back(const std::filesystem::path& folder) override {
    if (on_take_back) {
      on_take_back();
    }
    if (refuses) {
      ++refused;
      throw std::runtime_error{"no space left"};
    }
    taken_back.push_back(folder);
    return warnings;
  }

  std::vector<AttemptStarted> asked_for;  ///< text_for
  bool refuses_text = false;
  std::vector<std::filesystem::path> taken_back;
  bool refuses = false;
  int refused = 0;
  std::vector<RunSummary> written;
  std::vector<std::string> warnings;  ///< what every write says
  std::function<void()> on_write;     ///< may be empty
  std::function<void()> on_take_back;
};

}  // namespace fat
