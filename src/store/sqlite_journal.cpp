// Events and plans -> one transaction; a run's number -> its history, checked row by row.
#include "fat/store/sqlite_journal.hpp"

#include <algorithm>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "store/database.hpp"
#include "store/event_table.hpp"
#include "store/journal_schema.hpp"
#include "store/message_table.hpp"
#include "store/plan_table.hpp"

namespace fat {

namespace {

store::Database open(const std::filesystem::path& file,
                     JournalMode mode,
                     const JournalOptions& options,
                     std::optional<JournalMigration>& migrated) {
  // The folder's and the backup's errors are told in the port's words.
  try {
    return mode == JournalMode::ReadWrite ? store::open_for_writing(file, options, migrated)
                                          : store::open_for_reading(file, options);
  } catch (const std::system_error& error) {
    throw JournalError(JournalFault::Unwritable, error.what());
  }
}

/// Which of `events` brings the plan: the one that adopts it or makes it.
std::size_t place_of_plan(const std::vector<Event>& events, const PlanRecord& plan) {
  const auto adopts = [&](const Event& event) {
    const auto* adopted = std::get_if<PlanAdopted>(&event.body);
    const auto* edited = std::get_if<PlanEdited>(&event.body);
    const bool fits = (adopted != nullptr && adopted->version == plan.version) ||
                      (edited != nullptr && edited->version == plan.version);
    return fits && event.run == plan.run;
  };
  const auto found = std::ranges::find_if(events, adopts);
  if (found == events.end()) {
    throw std::logic_error("a plan is appended without the event that adopts it");
  }
  return static_cast<std::size_t>(found - events.begin());
}

}  // namespace

struct SqliteJournal::Parts {
  Parts(const std::filesystem::path& file, JournalMode mode, const JournalOptions& options)
      : database(open(file, mode, options, migrated)),
        events(database),
        plans(database),
        durations(database) {}

  /// nullptr when the plan is not known.
  const Plan* plan(int run, int version);
  void note_duration(std::int64_t id, const Event& event);
  void write_message(const Message& message, std::int64_t event);
  void check_all();

  std::optional<JournalMigration> migrated;
  store::Database database;
  store::EventTable events;
  store::PlanTable plans;
  store::DurationTable durations;
  std::optional<store::MessageTable> messages;  ///< from the first message on: a reader has none
  std::optional<PlanRecord> recent;             ///< the plan most attempts belong to

  struct Start {
    int run = 0;
    AttemptStarted start;
  };

  std::optional<Start> newest_start;  ///< the attempt that most likely ends next
};

const Plan* SqliteJournal::Parts::plan(int run, int version) {
  if (!recent || recent->run != run || recent->version != version) {
    auto read = plans.read(run, version, events);
    if (!read) {
      return nullptr;
    }
    recent = PlanRecord{.run = run, .version = version, .plan = std::move(*read)};
  }
  return &recent->plan;
}

void SqliteJournal::Parts::note_duration(std::int64_t id, const Event& event) {
  if (const auto* started = std::get_if<AttemptStarted>(&event.body)) {
    newest_start = {.run = event.run, .start = *started};
    return;
  }
  const auto* ended = std::get_if<AttemptEnded>(&event.body);
  if (ended == nullptr || ended->outcome != Outcome::Done) {
    return;
  }
  if (!newest_start || newest_start->run != event.run || newest_start->start.key != ended->key) {
    auto found = events.start_of(event.run, ended->key);
    if (!found) {
      return;
    }
    newest_start = {.run = event.run, .start = std::move(*found)};
  }
  const auto& start = newest_start->start;
  const Plan* of_attempt = plan(event.run, start.plan_version);
  const Step* step = of_attempt == nullptr ? nullptr
                                           : find_step(*of_attempt,
                                                       ended->key.list,
                                                       ended->key.title,
                                                       static_cast<std::size_t>(start.index));
  if (step != nullptr) {
    durations.insert(id, *step, ended->ran);
  }
}

void SqliteJournal::Parts::write_message(const Message& message, std::int64_t event) {
  if (!messages) {
    messages.emplace(database);
  }
  messages->insert(message, event);
}

void SqliteJournal::Parts::check_all() {
  events.check_end();
  events.check_all();
  plans.check_all(events);
}

SqliteJournal::SqliteJournal(const std::filesystem::path& file,
                             JournalMode mode,
                             const JournalOptions& options)
    : parts_(std::make_unique<Parts>(file, mode, options)) {
  // One read transaction: what a writer adds meanwhile is not half seen.
  const store::Transaction transaction(parts_->database, store::Transaction::Kind::Read);
  if (mode == JournalMode::ReadOnly) {
    parts_->events.check_end();
    return;
  }
  // Who goes on from here must know that nothing is missing.
  parts_->check_all();
}

SqliteJournal::~SqliteJournal() = default;

void SqliteJournal::append(const std::vector<Event>& events,
                           const PlanRecord* plan,
                           const std::vector<Message>& messages) {
  const auto bringer = plan != nullptr ? place_of_plan(events, *plan) : events.size();
  if (events.empty()) {
    return;
  }
  std::optional<store::StoredPlan> stored;
  if (plan != nullptr) {
    stored = parts_->plans.prepare(*plan);
    parts_->recent = *plan;  // should the commit fail, it comes again with the same events
  }
  std::vector<std::int64_t> ids(events.size());
  store::Transaction transaction(parts_->database);
  for (std::size_t index = 0; index < events.size(); ++index) {
    const bool brings = plan != nullptr && stored && index == bringer;
    const auto id = parts_->events.insert(
        events[index], brings ? std::optional<store::Hash>(stored->hash) : std::nullopt);
    if (brings) {
      parts_->plans.insert(*plan, *stored, id);
    }
    parts_->note_duration(id, events[index]);
    ids[index] = id;
  }
  for (const auto& message : messages) {
    parts_->write_message(message, ids.at(message.event));
  }
  transaction.commit();
}

std::vector<StoredEvent> SqliteJournal::events(int run, std::int64_t after) const {
  return parts_->events.read(run, after);
}

std::vector<StoredEvent> SqliteJournal::events(int run,
                                               std::int64_t after,
                                               std::size_t most) const {
  return parts_->events.read(run, after, most);
}

std::vector<int> SqliteJournal::runs() const {
  return parts_->events.runs();
}

std::optional<Plan> SqliteJournal::plan(int run, int version) const {
  return parts_->plans.read(run, version, parts_->events);
}

std::vector<Microseconds> SqliteJournal::past_durations(const std::string& fingerprint,
                                                        const std::string& task) const {
  return parts_->durations.read(fingerprint, task);
}

void SqliteJournal::verify() const {
  const store::Transaction transaction(parts_->database, store::Transaction::Kind::Read);
  parts_->check_all();
}

std::int64_t SqliteJournal::last_id() const {
  return parts_->events.last_id();
}

std::optional<StoredEvent> SqliteJournal::newest_shift() const {
  return parts_->events.newest_shift();
}

void SqliteJournal::snapshot(const std::filesystem::path& target) const {
  try {
    parts_->database.copy_to(target);
  } catch (const std::system_error& error) {
    throw JournalError(JournalFault::Unwritable, error.what());
  }
}

const std::optional<JournalMigration>& SqliteJournal::migrated() const {
  return parts_->migrated;
}

}  // namespace fat
