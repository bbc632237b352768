// Plans -> rows whose hash stands in the chain of events, and back.
#include "store/plan_table.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace fat::store {

namespace {

[[noreturn]] void fail(std::int64_t run, std::int64_t version, const char* what) {
  throw JournalError(
      JournalFault::Damaged,
      fmt::format(
          "the journal is damaged: version {} of the plan of run {} {}", version, run, what));
}

std::vector<Microseconds> read_from(Statement& statement, const std::string& name) {
  std::vector<Microseconds> durations;
  if (name.empty()) {
    return durations;
  }
  const Reading reading(statement);
  statement.bind(1, name);
  while (statement.step()) {
    durations.emplace_back(statement.integer(0));
  }
  return durations;
}

}  // namespace

PlanTable::PlanTable(Database& database)
    : insert_(database.handle(),
              "INSERT INTO plans (run, version, event, fingerprint, body) VALUES (?1, ?2, ?3, ?4, "
              "?5)"),
      one_(database.handle(),
           "SELECT event, fingerprint, body FROM plans WHERE run = ?1 AND version = ?2"),
      all_(database.handle(), "SELECT run, version FROM plans"),
      promised_(database.handle(),
                "SELECT e.id FROM events e WHERE e.plan_hash IS NOT NULL AND NOT EXISTS (SELECT 1 "
                "FROM plans p WHERE p.event = e.id) LIMIT 1") {}

Hash PlanTable::hash_of(std::int64_t run, std::int64_t version, const StoredPlan& stored) {
  return sha256_.add(run)
      .add(version)
      .add_field(stored.fingerprint)
      .add_field(stored.body)
      .finish();
}

StoredPlan PlanTable::prepare(const PlanRecord& record) {
  StoredPlan stored{.fingerprint = fingerprint(record.plan), .body = to_json_text(record.plan)};
  stored.hash = hash_of(record.run, record.version, stored);
  return stored;
}

void PlanTable::insert(const PlanRecord& record, const StoredPlan& stored, std::int64_t event) {
  insert_.bind(1, std::int64_t{record.run})
      .bind(2, std::int64_t{record.version})
      .bind(3, event)
      .bind(4, stored.fingerprint)
      .bind(5, stored.body)
      .run();
}

std::optional<Plan> PlanTable::read(int run, int version, EventTable& events) {
  const Reading reading(one_);
  if (!checked_event(run, version, events)) {
    if (events.promises_plan(run, version)) {
      fail(run, version, "is missing");
    }
    return std::nullopt;
  }
  try {
    return plan_from_json_text(one_.text(2));
  } catch (const std::invalid_argument& error) {
    throw JournalError(JournalFault::TooNew,
                       fmt::format("version {} of the plan of run {} cannot be understood by this "
                                   "version: {}",
                                   version,
                                   run,
                                   error.what()));
  }
}

/// Leaves `one_` at the row. nullopt when there is none.
std::optional<std::int64_t> PlanTable::checked_event(std::int64_t run,
                                                     std::int64_t version,
                                                     EventTable& events) {
  one_.bind(1, run).bind(2, version);
  if (!one_.step()) {
    return std::nullopt;
  }
  const auto event = one_.integer(0);
  if (sound_.contains({run, version})) {
    return event;
  }
  const StoredPlan stored{.fingerprint = std::string(one_.text(1)),
                          .body = std::string(one_.text(2))};
  if (events.plan_hash(event) != hash_of(run, version, stored)) {
    fail(run, version, "does not fit the hash in its event");
  }
  return event;
}

void PlanTable::check_all(EventTable& events) {
  sound_.clear();
  {
    const Reading reading(promised_);
    if (promised_.step()) {
      throw JournalError(JournalFault::Damaged,
                         fmt::format("the journal is damaged: the plan of event {} is missing",
                                     promised_.integer(0)));
    }
  }
  const Reading reading(all_);
  while (all_.step()) {
    const Reading row(one_);
    if (checked_event(all_.integer(0), all_.integer(1), events)) {
      sound_.emplace(all_.integer(0), all_.integer(1));
    }
  }
}

DurationTable::DurationTable(Database& database)
    : insert_(database.handle(),
              "INSERT INTO durations (event, fingerprint, task, ran_us) VALUES (?1, ?2, ?3, ?4)"),
      of_step_(database.handle(),
               "SELECT ran_us FROM durations WHERE fingerprint = ?1 ORDER BY event DESC LIMIT 20"),
      of_task_(database.handle(),
               "SELECT ran_us FROM durations WHERE task = ?1 ORDER BY event DESC LIMIT 20") {}

void DurationTable::insert(std::int64_t event, const Step& step, Microseconds ran) {
  const std::string content = fingerprint(step);
  insert_.bind(1, event)
      .bind(2, content)
      .bind(3, step.task)
      .bind(4, std::int64_t{ran.count()})
      .run();
}

std::vector<Microseconds> DurationTable::read(const std::string& fingerprint,
                                              const std::string& task) {
  auto durations = read_from(of_step_, fingerprint);
  return durations.empty() ? read_from(of_task_, task) : durations;
}

}  // namespace fat::store
