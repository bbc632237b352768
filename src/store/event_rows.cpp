// Rows -> events; of a long history by several threads.
#include "store/event_rows.hpp"

#include <algorithm>
#include <future>
#include <stdexcept>
#include <thread>
#include <utility>

#include <fmt/format.h>

namespace fat::store {

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

}  // namespace fat::store
