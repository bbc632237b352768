// Rows -> events, trusting nothing: a row whose hash does not fit ends the reading with its number.
#include "store/event_table.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "store/event_rows.hpp"

namespace fat::store {

namespace {

std::string select(const char* rest) {
  return std::string(kEventColumns) + rest;
}

[[noreturn]] void fail(std::int64_t id, const char* what) {
  throw JournalError(
      JournalFault::Damaged,
      fmt::format("the journal is damaged: event {} {}; what stands before it is sound", id, what));
}

}  // namespace

EventTable::EventTable(Database& database)
    : insert_(database.handle(),
              "INSERT INTO events (id, run, seq, wall_us, boot_us, boot_id, who, kind, body, "
              "plan_hash, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"),
      tail_(database.handle(), "SELECT id, hash FROM events ORDER BY id DESC LIMIT 1"),
      sequence_(database.handle(),
                "SELECT e.run, e.seq FROM events i INDEXED BY events_of_run CROSS JOIN events e ON "
                "e.id = i.id WHERE i.run = ?1 AND i.id <= ?2 ORDER BY i.id DESC LIMIT 1"),
      hash_of_(database.handle(), "SELECT hash FROM events WHERE id = ?1"),
      of_run_(database.handle(),
              select("i INDEXED BY events_of_run CROSS JOIN events e ON e.id = i.id WHERE i.run = "
                     "?1 AND i.id > ?2 ORDER BY i.id")),
      one_(database.handle(), select("e WHERE e.id = ?1")),
      all_(database.handle(), select("e ORDER BY e.id")),
      of_kind_(database.handle(),
               "SELECT e.kind, e.body, e.plan_hash FROM events i INDEXED BY events_of_run CROSS "
               "JOIN events e "
               "ON e.id = i.id WHERE i.run = ?1 AND e.kind = ?2 ORDER BY i.id DESC LIMIT 100"),
      shift_(database.handle(),
             select("e WHERE e.kind = 'shift_taken' ORDER BY e.id DESC LIMIT 1")),
      shifts_(database.handle(), "SELECT count(*), sum(id) FROM events WHERE kind = 'shift_taken'"),
      // From run to run through the index: how many events they have does not matter.
      runs_(
          database.handle(),
          "WITH RECURSIVE r(run) AS (SELECT min(run) FROM events UNION ALL SELECT (SELECT "
          "min(run) FROM events WHERE run > r.run) FROM r WHERE r.run IS NOT NULL) SELECT run, "
          "(SELECT min(id) FROM events WHERE run = r.run) FROM r WHERE run IS NOT NULL ORDER BY 2"),
      extent_(database.handle(), "SELECT count(*), min(id) FROM events"),
      indexed_(
          database.handle(),
          "SELECT count(*), sum(id) FROM events INDEXED BY events_of_run WHERE run = ?1 AND id > "
          "0") {}

EventTable::Place EventTable::tail() {
  const Reading reading(tail_);
  if (!tail_.step()) {
    return {};
  }
  const auto id = tail_.integer(0);
  const auto hash = to_hash(tail_.blob(1));
  if (!hash) {
    fail(id, "has no hash");
  }
  return {.id = id, .hash = *hash};
}

std::int64_t EventTable::last_sequence(int run, std::int64_t up_to) {
  const Reading reading(sequence_);
  sequence_.bind(1, std::int64_t{run}).bind(2, up_to);
  return sequence_.step() ? sequence_.integer(1) : 0;
}

Hash EventTable::stored_hash(std::int64_t id) {
  if (id == 0) {
    return {};
  }
  const Reading reading(hash_of_);
  hash_of_.bind(1, id);
  const auto hash = hash_of_.step() ? to_hash(hash_of_.blob(0)) : std::nullopt;
  if (!hash) {
    fail(id, "is missing");
  }
  return *hash;
}

std::int64_t EventTable::insert(const Event& event, const std::optional<Hash>& plan_hash) {
  const Place before = tail();
  const std::string body = to_json_text(event.body);
  const Content content{.id = before.id + 1,
                        .run = event.run,
                        .seq = last_sequence(event.run, before.id) + 1,
                        .wall_us = event.at.wall.time_since_epoch().count(),
                        .boot_us = event.at.boot.count(),
                        .boot_id = event.at.boot_id,
                        .who = event.who,
                        .kind = kind_of(event.body),
                        .body = body,
                        .plan_hash = plan_hash ? as_text(*plan_hash) : std::string_view{}};
  const Hash hash = chained(sha256_, before.hash, content);
  insert_.bind(1, content.id)
      .bind(2, content.run)
      .bind(3, content.seq)
      .bind(4, content.wall_us)
      .bind(5, content.boot_us)
      .bind(6, content.boot_id)
      .bind(7, content.who)
      .bind(8, content.kind)
      .bind(9, content.body)
      .bind_blob(11, hash);
  if (plan_hash) {
    insert_.bind_blob(10, *plan_hash).run();
    return content.id;
  }
  insert_.bind_null(10).run();
  return content.id;
}

Hash EventTable::checked_row(const Statement& row, const Place& before) {
  const Content content = content_of(row);
  if (content.id != before.id + 1) {
    fail(before.id + 1, "is missing");
  }
  const Hash hash = chained(sha256_, before.hash, content);
  if (to_hash(row.blob(10)) != hash) {
    fail(content.id, "does not fit its hash");
  }
  return hash;
}

std::vector<StoredEvent> EventTable::read(int run, std::int64_t after, std::size_t most) {
  std::int64_t sequence = last_sequence(run, after);
  std::vector<Row> rows;
  Place before;
  const Reading reading(of_run_);
  of_run_.bind(1, std::int64_t{run}).bind(2, after);
  while (rows.size() < most && of_run_.step()) {
    const auto id = of_run_.integer(0);
    if (id > sound_to_) {
      if (before.id != id - 1) {
        before = {.id = id - 1, .hash = stored_hash(id - 1)};
      }
      before = {.id = id, .hash = checked_row(of_run_, before)};
    }
    ++sequence;
    if (of_run_.integer(1) != run || of_run_.integer(2) != sequence) {
      fail(id, "is not the next one of its run");
    }
    rows.push_back(row_of(of_run_));
  }
  return to_events(std::move(rows));
}

std::vector<int> EventTable::runs() {
  std::vector<int> runs;
  const Reading reading(runs_);
  while (runs_.step()) {
    runs.push_back(static_cast<int>(runs_.integer(0)));
  }
  return runs;
}

std::int64_t EventTable::last_id() {
  return tail().id;
}

std::optional<Hash> EventTable::plan_hash(std::int64_t id) {
  const Place before{.id = id - 1, .hash = stored_hash(id - 1)};
  const Reading reading(one_);
  one_.bind(1, id);
  if (!one_.step()) {
    return std::nullopt;
  }
  checked_row(one_, before);
  return to_hash(one_.blob(9));
}

std::optional<AttemptStarted> EventTable::start_of(int run, const AttemptKey& key) {
  const Reading reading(of_kind_);
  of_kind_.bind(1, std::int64_t{run}).bind(2, kind_of(AttemptStarted{}));
  while (of_kind_.step()) {
    EventBody body = event_body_from_json_text(of_kind_.text(0), of_kind_.text(1));
    auto* started = std::get_if<AttemptStarted>(&body);
    if (started != nullptr && started->key == key) {
      return std::move(*started);
    }
  }
  return std::nullopt;
}

std::optional<StoredEvent> EventTable::newest_shift() {
  const Reading reading(shift_);
  if (!shift_.step()) {
    return std::nullopt;
  }
  const auto id = shift_.integer(0);
  checked_row(shift_, {.id = id - 1, .hash = stored_hash(id - 1)});
  auto row = row_of(shift_);
  auto event = to_event(row);
  if (!std::holds_alternative<ShiftTaken>(event.event.body)) {
    fail(id, "is no shift, as the index says");
  }
  return event;
}

void EventTable::check_end() {
  const auto last = last_id();
  const Reading reading(extent_);
  extent_.step();
  if (extent_.integer(0) != last || (last > 0 && extent_.integer(1) != 1)) {
    check_all();
    fail(last, "is not where it should be: rows or their index are damaged");
  }
  if (last == 0) {
    return;
  }
  const Place before{.id = last - 1, .hash = stored_hash(last - 1)};
  const Reading row(one_);
  one_.bind(1, last);
  if (!one_.step()) {
    fail(last, "is missing");
  }
  checked_row(one_, before);
  const auto run = static_cast<int>(one_.integer(1));
  if (last_sequence(run, last) != one_.integer(2)) {
    fail(last, "is not the last one of its run: the index is damaged");
  }
}

void EventTable::check_all() {
  struct Tally {
    std::int64_t count = 0, sum = 0;
  };

  Place before;
  Tally shifts;
  std::map<std::int64_t, Tally> runs;
  {
    const Reading reading(all_);
    while (all_.step()) {
      before = {.id = all_.integer(0), .hash = checked_row(all_, before)};
      if (all_.text(7) == kind_of(ShiftTaken{})) {
        ++shifts.count;
        shifts.sum += before.id;
      }
      auto& run = runs[all_.integer(1)];
      run.sum += before.id;
      if (all_.integer(2) != ++run.count) {
        fail(before.id, "is not the next one of its run");
      }
    }
  }
  for (const auto& [run, tally] : runs) {
    const Reading reading(indexed_);
    indexed_.bind(1, run);
    if (!indexed_.step() || indexed_.integer(0) != tally.count ||
        indexed_.integer(1) != tally.sum) {
      fail(before.id, "is the last one, but the index does not lead to all of them");
    }
  }
  const Reading reading(shifts_);
  if (!shifts_.step() || shifts_.integer(0) != shifts.count || shifts_.integer(1) != shifts.sum) {
    fail(before.id, "is the last one, but the index does not lead to all shifts");
  }
  sound_to_ = before.id;
}

bool EventTable::promises_plan(int run, int version) {
  const Reading reading(of_kind_);
  of_kind_.bind(1, std::int64_t{run}).bind(2, kind_of(PlanAdopted{}));
  while (of_kind_.step()) {
    const EventBody body = event_body_from_json_text(of_kind_.text(0), of_kind_.text(1));
    const auto* adopted = std::get_if<PlanAdopted>(&body);
    if (adopted != nullptr && adopted->version == version && !of_kind_.is_null(2)) {
      return true;
    }
  }
  return false;
}

}  // namespace fat::store
