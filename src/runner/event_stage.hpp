// What was decided -> applied at once, durable together; held up while the journal refuses.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "fat/ports/campaign.hpp"
#include "fat/ports/journal.hpp"
#include "fat/ports/message_source.hpp"

namespace fat {

class EventStage {
 public:
  /// All that is given outlives this object. `source` may be absent: nobody is told by message.
  EventStage(Campaign& campaign,
             Journal& journal,
             const MessageSource* source,
             std::function<void(const std::string&)> alarm)
      : campaign_(campaign), journal_(journal), source_(source), alarm_(std::move(alarm)) {}

  /// Applies what a start says and makes it durable at once, with `plan`. Applied first: what does
  /// not fit must not get into the journal, where no start could ever leave it behind. Throws
  /// JournalError.
  void open(const std::vector<Event>& opening, const PlanRecord* plan);

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
  void derive_messages(const Event& event, std::size_t place);

  Campaign& campaign_;
  Journal& journal_;
  const MessageSource* source_;
  std::function<void(const std::string&)> alarm_;
  std::vector<Event> staged_;      ///< applied, not yet durable
  std::vector<Message> messages_;  ///< what people are told of them
  std::string why_;                ///< it is held up
};

}  // namespace fat
