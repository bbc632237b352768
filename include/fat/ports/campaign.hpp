// The engine as the runner sees it: events in, decisions out. No I/O behind it, no clock, no
// threads.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fat/model/event.hpp"
#include "fat/model/plan.hpp"
#include "fat/model/run_summary.hpp"
#include "fat/model/verb.hpp"

namespace fat {

/// What follows from the state at a moment. The caller appends `events` (all at once), applies them
/// and asks again, until there are none; then it may sleep for `wake_after`, or until something
/// happens when there is none.
struct Decision {
  std::vector<EventBody> events;
  std::optional<Microseconds> wake_after;
};

/// Implementations: `RunCampaign` (engine), `ScriptedCampaign` (tests/fakes).
class Campaign {
 public:
  virtual ~Campaign() = default;

  virtual const Plan& plan() const = 0;
  /// Throws std::logic_error when the event is illegal in this state: our own bug, or a foreign
  /// journal.
  virtual void apply(const Event& event) = 0;
  virtual Decision decide(const Instant& now) const = 0;
  /// From now on no step begins, for that reason; "" ends it. What runs goes on, the safe state and
  /// backups begin as ever. Not part of the state: who asked for it says it again after a restart.
  virtual void hold_steps(std::string why) = 0;
  virtual VerbReply request(const Verb& verb, const Instant& now) const = 0;
  virtual RunStatus status() const = 0;
  /// --batch: what would wait for a person stops the run.
  virtual bool asks_nobody() const = 0;
  /// Attempts whose process or timer has not ended, in order of their start. Cheap.
  virtual std::vector<OpenAttempt> open_attempts(const Instant& now) const = 0;
  /// What is open that needs a person, and who was told of it. Cheap.
  virtual const CallBook& call_book() const = 0;
  /// O(number of steps).
  virtual RunSummary summary(const Instant& now) const = 0;
};

}  // namespace fat
