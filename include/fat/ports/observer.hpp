// Who is told after something has become durable.
#pragma once

#include <string>
#include <vector>

#include "fat/model/event.hpp"
#include "fat/ports/campaign.hpp"

namespace fat {

/// Implementations: `RunLog` and `LiveView` (people), `RecordingObserver` (tests/fakes). Called on
/// the runner's thread; must not block.
class Observer {
 public:
  virtual ~Observer() = default;

  /// `events` are durable and applied to `campaign`.
  virtual void happened(const std::vector<Event>& events,
                        const Campaign& campaign,
                        const Instant& now) = 0;

  /// Something that is not in the journal: "the journal cannot be written", "run JSON damaged".
  virtual void alarm(const std::string& text, const Instant& now) = 0;
};

}  // namespace fat
