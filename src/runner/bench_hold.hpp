// What the bench's guard says -> a campaign that starts no step, and what is told and written down
// of it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "fat/ports/bench_guard.hpp"
#include "fat/ports/campaign.hpp"

namespace fat {

/// For the loop's thread. Without a guard it does nothing.
class BenchHold {
 public:
  /// `tell` hears when steps are held and when they go on.
  BenchHold(BenchGuard* guard, Campaign& campaign, std::function<void(const std::string&)> tell)
      : guard_(guard), campaign_(campaign), tell_(std::move(tell)) {}

  bool is_guarded() const { return guard_ != nullptr; }

  /// Asks the guard. Returns an entry of the logbook when an override began under a running step.
  std::vector<EventBody> ask(const Instant& now);

  /// An entry of the logbook behind the starts of steps that run under an override.
  std::vector<EventBody> with_marks(std::vector<EventBody> events) const;

 private:
  BenchGuard* guard_;
  Campaign& campaign_;
  std::function<void(const std::string&)> tell_;
  bool held_ = false;
  std::vector<std::string> overrides_;
};

}  // namespace fat
