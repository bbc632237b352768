// A run's summary -> run_NNNNN.json, merged with what tasks wrote there.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "fat/ports/clock.hpp"
#include "fat/ports/run_record.hpp"

namespace fat::store {
struct JsonMember;
}

namespace fat {

struct RunJsonOptions {
  std::string version;                      ///< of fatmaster; stands inside MasterFAT_NN
  std::filesystem::path station;            ///< where steps start: relative paths begin there
  std::chrono::milliseconds patience{500};  ///< with a torn file, and with somebody else's lock
};

/// The run JSON as DESIGN 8 has it. After every write a copy is kept as
/// RUN_FOLDER/run_NNNNN.json.last_good; a damaged or missing file is restored from it.
class RunJsonFile : public RunRecord {
 public:
  /// `clock` gives the Date of a run that has not started, and the name of a damaged file.
  RunJsonFile(std::filesystem::path run_file, const Clock& clock, RunJsonOptions options);

  /// REQUIRES: no step process that may write the file lives. Changes nothing on disk when the view
  /// is the same.
  std::vector<std::string> write(const RunSummary& summary) override;
  std::string text_for(const AttemptStarted& attempt) override;
  std::vector<std::string> take_back(const std::filesystem::path& folder) override;

 private:
  using Merge = std::function<std::vector<store::JsonMember>(std::vector<store::JsonMember>)>;

  std::vector<std::string> rewrite(const Merge& merge);

  std::filesystem::path run_file_;
  const Clock& clock_;
  RunJsonOptions options_;
};

}  // namespace fat
