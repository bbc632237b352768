// What was decided -> applied at once, durable together; held up while the journal refuses.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "fat/ports/campaign.hpp"
#include "fat/ports/journal.hpp"

namespace fat {

class EventStage {
 public:
  /// All references outlive this object.
  EventStage(Campaign& campaign, Journal& journal, std::function<void(const std::string&)> alarm)
      : campaign_(campaign), journal_(journal), alarm_(std::move(alarm)) {}

  /// Applies them; they become durable with the next commit().
  void add(std::vector<EventBody> bodies, const std::string& who, const Instant& now);

  bool empty() const { return staged_.empty(); }

  /// What is durable now. Nothing while the journal cannot be written: that is said once, and all
  /// of it is kept for the next try. Throws JournalError for any other fault.
  std::optional<std::vector<Event>> commit();

  /// The last commit failed.
  bool is_held_up() const { return !why_.empty(); }

  const std::string& why() const { return why_; }

 private:
  void withdraw_intents();

  Campaign& campaign_;
  Journal& journal_;
  std::function<void(const std::string&)> alarm_;
  std::vector<Event> staged_;  ///< applied, not yet durable
  std::string why_;            ///< it is held up
};

}  // namespace fat
