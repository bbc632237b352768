// An attempt's folder -> what the step printed, on stdout.
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

namespace fat {

struct OutputRequest {
  std::filesystem::path folder;  ///< of the attempt
  bool report = false;           ///< what it reported (report.jsonl) instead of what it printed
  bool follow = false;
  std::vector<std::filesystem::path>
      watched;  ///< folders where a change may mean that it has ended
  std::function<bool()> has_ended;
};

/// Prints all there is, oldest first, harmless for a terminal; with `follow` goes on until
/// `has_ended`. Ends early when nobody reads any more.
void print_step_output(const OutputRequest& request);

}  // namespace fat
