// Columns of a row of the table `events`, their hash, the event that they tell of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fat/ports/journal.hpp"
#include "store/database.hpp"
#include "store/sha256.hpp"

namespace fat::store {

/// In the order of `Content`, then `hash`. The columns come from the table (alias e), never from
/// the index that found the row.
inline constexpr const char* kEventColumns =
    "SELECT e.id, e.run, e.seq, e.wall_us, e.boot_us, e.boot_id, e.who, e.kind, e.body, "
    "e.plan_hash, e.hash FROM events ";

/// What the chain covers of a row, besides the hash before it.
struct Content {
  std::int64_t id = 0, run = 0, seq = 0, wall_us = 0, boot_us = 0;
  std::string_view boot_id, who, kind, body, plan_hash;
};

/// A row of its own, so that it can be understood when SQLite is at the next one.
struct Row {
  std::int64_t id = 0, run = 0, wall_us = 0, boot_us = 0;
  std::string boot_id, who, kind, body;
};

/// nullopt when it is none.
std::optional<Hash> to_hash(std::span<const std::byte> bytes);
std::string_view as_text(std::span<const std::byte> bytes);

Hash chained(Sha256& sha256, const Hash& before, const Content& content);

/// REQUIRES: the row was read by `kEventColumns`.
Content content_of(const Statement& row);
Row row_of(const Statement& row);

/// Throw JournalError{TooNew} of the first row that this version does not understand.
StoredEvent to_event(Row& row);
std::vector<StoredEvent> to_events(std::vector<Row> rows);

}  // namespace fat::store
