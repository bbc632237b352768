#include "runner/event_stage.hpp"

#include <utility>

#include <fmt/format.h>

#include "runner/attempt_endings.hpp"

namespace fat {

namespace {

/// The plan that one of the events has made, to be stored with it.
std::optional<PlanRecord> edited_plan(const std::vector<Event>& events, const Plan& plan) {
  for (const auto& event : events) {
    if (const auto* edited = std::get_if<PlanEdited>(&event.body)) {
      return PlanRecord{.run = event.run, .version = edited->version, .plan = plan};
    }
  }
  return std::nullopt;
}

}  // namespace

void EventStage::derive_messages(const Event& event, std::size_t place) {
  if (source_ == nullptr) {
    return;
  }
  for (auto& message : source_->messages(event, campaign_)) {
    message.event = place;
    messages_.push_back(std::move(message));
  }
}

void EventStage::open(const std::vector<Event>& opening, const PlanRecord* plan) {
  for (std::size_t place = 0; place < opening.size(); ++place) {
    campaign_.apply(opening[place]);
    derive_messages(opening[place], place);
  }
  journal_.append(opening, plan, std::exchange(messages_, {}));
}

void EventStage::add(std::vector<EventBody> bodies, const std::string& who, const Instant& now) {
  for (auto& body : bodies) {
    Event event{.run = campaign_.plan().run_number, .at = now, .who = who, .body = std::move(body)};
    campaign_.apply(event);
    derive_messages(event, staged_.size());
    staged_.push_back(std::move(event));
  }
}

std::optional<std::vector<Event>> EventStage::commit() {
  if (staged_.empty()) {
    return std::vector<Event>{};
  }
  try {
    const auto plan = edited_plan(staged_, campaign_.plan());
    journal_.append(staged_, plan ? &*plan : nullptr, messages_);
  } catch (const JournalError& error) {
    if (error.fault() != JournalFault::Unwritable) {
      throw;
    }
    if (!is_held_up()) {
      why_ = fmt::format("the journal cannot be written ({}); no step starts until it can",
                         error.what());
      alarm_(why_);
      withdraw_intents();
    }
    return std::nullopt;
  }
  if (is_held_up()) {
    why_.clear();
    alarm_("the journal can be written again; the run goes on");
  }
  messages_.clear();
  return std::exchange(staged_, {});
}

// The engine measures from its intent how long it waits for a safe action or a backup. One whose
// intent could not be stored does not begin, and comes again.
void EventStage::withdraw_intents() {
  const auto is_one = [](const AttemptStarted& start) {
    const bool list = start.key.list == StepList::SafeState || start.key.list == StepList::Backup;
    return list && start.kind != StepKind::Wait && start.kind != StepKind::Prompt;
  };
  for (const auto& event : std::vector{staged_}) {
    const auto* started = std::get_if<AttemptStarted>(&event.body);
    if (started != nullptr && is_one(*started)) {
      const auto* why = "the journal could not be written when it was to begin";
      add({interrupted_attempt(started->key, EndCause::NeverStarted, why)}, kProgram, event.at);
    }
  }
}

}  // namespace fat
