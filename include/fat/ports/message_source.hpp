// Events -> messages for people, to be stored with them.
#pragma once

#include <vector>

#include "fat/model/event.hpp"
#include "fat/model/message.hpp"
#include "fat/ports/campaign.hpp"

namespace fat {

/// Pure. Implementations: `PeopleMessages` (people), `ScriptedMessages` (tests/fakes).
class MessageSource {
 public:
  virtual ~MessageSource() = default;

  /// What people are to be told of `event`, which `campaign` has already applied. `event` of each
  /// message is 0: the caller knows where it stands.
  virtual std::vector<Message> messages(const Event& event, const Campaign& campaign) const = 0;
};

}  // namespace fat
