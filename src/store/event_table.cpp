// Rows -> events, trusting nothing: a row whose hash does not fit ends the reading with its number.
#include "store/event_table.hpp"

#include <algorithm>
#include <future>
#include <map>
#include <stdexcept>
#include <thread>
#include <utility>

#include <fmt/format.h>

namespace fat::store {

namespace {

constexpr const char* kColumns =
    "SELECT e.id, e.run, e.seq, e.wall_us, e.boot_us, e.boot_id, e.who, e.kind, e.body, "
    "e.plan_hash, e.hash FROM events ";

// The columns come from the table (alias e), never from the index that found the row.
std::string select(const char* rest) {
  return std::string(kColumns) + rest;
}

[[noreturn]] void fail(std::int64_t id, const char* what) {
  throw JournalError(
      JournalFault::Damaged,
      fmt::format("the journal is damaged: event {} {}; what stands before it is sound", id, what));
}

std::optional<Hash> to_hash(std::span<const std::byte> bytes) {
  Hash hash{};
  if (bytes.size() != hash.size()) {
    return std::nullopt;
  }
  std::ranges::copy(bytes, hash.begin());
  return hash;
}

std::string_view as_text(std::span<const std::byte> bytes) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes are hashed as they are
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// What the chain covers of a row, besides the hash before it.
struct Content {
  std::int64_t id = 0, run = 0, seq = 0, wall_us = 0, boot_us = 0;
  std::string_view boot_id, who, kind, body, plan_hash;
};

Hash chained(Sha256& sha256, const Hash& before, const Content& content) {
  sha256.add(before)
      .add(content.id)
      .add(content.run)
      .add(content.seq)
      .add(content.wall_us)
      .add(content.boot_us);
  for (const auto field :
       {content.boot_id, content.who, content.kind, content.body, content.plan_hash}) {
    sha256.add_field(field);
  }
  return sha256.finish();
}

Content content_of(const Statement& row) {
  return {.id = row.integer(0),
          .run = row.integer(1),
          .seq = row.integer(2),
          .wall_us = row.integer(3),
          .boot_us = row.integer(4),
          .boot_id = row.text(5),
          .who = row.text(6),
          .kind = row.text(7),
          .body = row.text(8),
          .plan_hash = as_text(row.blob(9))};
}

/// A row of its own, so that it can be understood when SQLite is at the next one.
struct Row {
  std::int64_t id = 0, run = 0, wall_us = 0, boot_us = 0;
  std::string boot_id, who, kind, body;
};

Row row_of(const Statement& row) {
  const Content content = content_of(row);
  return {.id = content.id,
          .run = content.run,
          .wall_us = content.wall_us,
          .boot_us = content.boot_us,
          .boot_id = std::string(content.boot_id),
          .who = std::string(content.who),
          .kind = std::string(content.kind),
          .body = std::string(content.body)};
}

StoredEvent to_event(Row& row) {
  try {
    return {.id = row.id,
            .event = {.run = static_cast<int>(row.run),
                      .at = {.wall = WallTime{Microseconds{row.wall_us}},
                             .boot = Microseconds{row.boot_us},
                             .boot_id = std::move(row.boot_id)},
                      .who = std::move(row.who),
                      .body = event_body_from_json_text(row.kind, row.body)}};
  } catch (const std::invalid_argument& error) {
    // Its hash is right, so a fatmaster wrote it: another one than this.
    throw JournalError(JournalFault::TooNew,
                       fmt::format("event {} ({}) cannot be understood by this version: {}",
                                   row.id,
                                   row.kind,
                                   error.what()));
  }
}

/// Of a long history each processor takes a part: understanding it is most of what a resume after
/// 100,000 steps waits for (alone, when there is no thread to be had). The first row that cannot be
/// understood is the one that is told.
std::vector<StoredEvent> to_events(std::vector<Row> rows) {
  constexpr std::size_t worth_a_thread = 10'000;
  const auto most = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 4);
  const auto parts = std::clamp<std::size_t>(rows.size() / worth_a_thread, 1, most);
  std::vector<StoredEvent> events(rows.size());
  const auto take = [&](std::size_t part) {
    const auto end = rows.size() * (part + 1) / parts;
    for (auto at = rows.size() * part / parts; at < end; ++at) {
      events[at] = to_event(rows[at]);
    }
  };
  std::vector<std::future<void>> others;
  for (std::size_t part = 1; part < parts; ++part) {
    others.push_back(std::async(std::launch::async | std::launch::deferred, take, part));
  }
  take(0);
  for (auto& other : others) {
    other.get();
  }
  return events;
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
