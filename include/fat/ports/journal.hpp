// The append-only history of a station. The only truth.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "fat/model/event.hpp"
#include "fat/model/message.hpp"
#include "fat/model/plan.hpp"

namespace fat {

/// Why the journal refused. Unwritable may pass by itself (full disk); the others need a person.
enum class JournalFault { Unwritable, Damaged, TooNew, Missing };

class JournalError : public std::runtime_error {
 public:
  JournalError(JournalFault fault, const std::string& text)
      : std::runtime_error(text), fault_(fault) {}

  JournalFault fault() const { return fault_; }

 private:
  JournalFault fault_;
};

struct StoredEvent {
  std::int64_t id = 0;  ///< grows by one over the whole station
  Event event;
};

/// A plan to be stored with the events that adopt it.
struct PlanRecord {
  int run = 0;
  int version = 1;
  Plan plan;
};

/// Implementations: `SqliteJournal` (store), `MemoryJournal` (tests/fakes).
class Journal {
 public:
  virtual ~Journal() = default;

  /// One transaction: all of it is durable when this returns, none of it when it throws
  /// JournalError. `messages` are what people are told of these events.
  virtual void append(const std::vector<Event>& events,
                      const PlanRecord* plan = nullptr,
                      const std::vector<Message>& messages = {}) = 0;

  /// Events of one run with id > `after`, oldest first. Throws JournalError{Damaged} naming the
  /// first bad row.
  virtual std::vector<StoredEvent> events(int run, std::int64_t after = 0) const = 0;

  /// Numbers of all runs that have events, oldest first (by their first event).
  virtual std::vector<int> runs() const = 0;

  /// nullopt when the run has no such version.
  virtual std::optional<Plan> plan(int run, int version) const = 0;

  /// Durations of past attempts that ended done, newest first, at most 20: of the step content
  /// `fingerprint` when it has any, else of the task of that name.
  virtual std::vector<Microseconds> past_durations(const std::string& fingerprint,
                                                   const std::string& task) const = 0;
};

}  // namespace fat
