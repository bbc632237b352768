// When the run JSON may and must be rewritten (DESIGN 8).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "fat/ports/campaign.hpp"
#include "fat/ports/run_record.hpp"

namespace fat {

/// Rewrites are coalesced while steps follow each other, never happen while a process that may
/// write the file lives, and are never late when the run waits, pauses or ends.
class RecordKeeper {
 public:
  RecordKeeper(RunRecord& record, Microseconds interval) : record_(record), interval_(interval) {}

  /// The view has to be written, whatever happened.
  void touch() { stale_ = true; }

  /// The processes of these attempts live, though nobody here started them.
  void found_alive(const std::vector<OpenAttempt>& attempts);

  /// The view has to be written when `body` changes it.
  void note(const EventBody& body);
  /// Writes when it is time. Returns after how long to ask again, or nothing when an event will
  /// come first. `alarm` is told about trouble with the file.
  std::optional<Microseconds> consider(const Campaign& campaign,
                                       const Instant& now,
                                       const std::function<void(const std::string&)>& alarm);

 private:
  std::optional<Microseconds> write(const Campaign& campaign,
                                    const Instant& now,
                                    const std::function<void(const std::string&)>& alarm);

  RunRecord& record_;
  Microseconds interval_;
  bool stale_ = false;
  bool in_trouble_ = false;
  std::optional<Instant> written_;
  std::vector<AttemptKey>
      seen_;  ///< attempts that were open at the last look: their processes live
};

}  // namespace fat
