// A run's summary -> the lines that stand below the log on a terminal.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fat/model/instant.hpp"
#include "fat/model/run_summary.hpp"

namespace fat {

/// What is being typed as the answer to the oldest open prompt.
struct TypedLine {
  std::string text;
  std::string value;    ///< the answer already given, while its reason is typed
  bool reason = false;  ///< the line is the reason
};

struct ViewOptions {
  int width = 80, height = 24;  ///< of the terminal
  bool colour = false;
  bool help = false;  ///< show the verbs
  Instant now;
  TypedLine typed;
  std::string hint;  ///< reply to the last answer
};

/// At most `height` - 1 lines of at most `width` - 1 columns (colours not counted): the important
/// ones when there is no room for all. The last line is where the cursor belongs.
std::vector<std::string> render_block(const RunSummary& summary, const ViewOptions& options);

}  // namespace fat
