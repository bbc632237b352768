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

  std::string text_without(const std::vector<std::string>& serials) override {
    asked_without.push_back(serials);
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

  std::vector<std::vector<std::string>> asked_without;
  std::vector<std::filesystem::path> taken_back;
  bool refuses = false;
  int refused = 0;
  std::vector<RunSummary> written;
  std::vector<std::string> warnings;  ///< what every write says
  std::function<void()> on_write;     ///< may be empty
  std::function<void()> on_take_back;
};

}  // namespace fat
