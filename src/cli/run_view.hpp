// A run -> its log file, and what its own terminal shows.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "fat/engine/run_campaign.hpp"
#include "fat/people/live_view.hpp"
#include "fat/people/run_log.hpp"
#include "fat/runner/run_loop.hpp"

namespace fat {

struct RunViewOptions {
  std::filesystem::path folder;  ///< of the run
  int run = 0;
  bool shared = false;  ///< the station has a group
  std::string by;       ///< who answers at this terminal
};

/// Whether anything has happened since `mark`, and what: "{"changed":true,"mark":"12.3",...}".
std::string changes_json(const ChangeCounters& counters, const std::string& mark);

class RunView {
 public:
  /// The live view on a terminal, plain lines elsewhere.
  explicit RunView(RunViewOptions options);

  std::vector<Observer*> observers();
  /// Lets the loop serve the terminal, and the pages `status` and `why` of other terminals.
  void attach(RunLoop& loop, const RunCampaign& campaign, const Clock& clock);
  /// Something that is not in the journal, for the log and the terminal.
  void alarm(const std::string& text, const Instant& now);
  /// Gives the terminal back.
  void close();

 private:
  RunViewOptions options_;
  RunLog log_;
  std::unique_ptr<LiveView> view_;
  bool closed_ = false;
  RunLoop* loop_ = nullptr;
};

}  // namespace fat
