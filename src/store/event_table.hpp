// Events <-> rows of the table `events`, chained by their hashes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fat/ports/journal.hpp"
#include "store/database.hpp"
#include "store/sha256.hpp"

namespace fat::store {

class EventTable {
 public:
  explicit EventTable(Database& database);

  /// REQUIRES: inside a transaction. Returns the new row's id.
  std::int64_t insert(const Event& event, const std::optional<Hash>& plan_hash);

  /// Every row is checked against its own hash, the hash stored before it, and its number within
  /// the run; rows that check_all() found sound are not hashed again.
  std::vector<StoredEvent> read(int run, std::int64_t after, std::size_t most = SIZE_MAX);
  std::vector<int> runs();
  std::int64_t last_id();
  /// Of the plan stored with that event; nullopt when there is no such event or it brought none.
  /// Checks the row.
  std::optional<Hash> plan_hash(std::int64_t id);
  /// Whether an event says that this plan is stored.
  bool promises_plan(int run, int version);
  /// How an attempt of `run` was started; the newest start wins. nullopt when that was long ago.
  std::optional<AttemptStarted> start_of(int run, const AttemptKey& key);

  /// The newest ShiftTaken of all runs; nullopt when there is none. Checks the row.
  std::optional<StoredEvent> newest_shift();

  /// No row missing and the last one sound: what can be checked without reading everything.
  void check_end();
  /// Every row of the station, oldest first, and the index.
  void check_all();

 private:
  struct Place {
    std::int64_t id = 0;
    Hash hash{};
  };

  Place tail();
  std::int64_t last_sequence(int run, std::int64_t up_to);
  Hash stored_hash(std::int64_t id);
  Hash checked_row(const Statement& row, const Place& before);

  Sha256 sha256_;
  std::int64_t sound_to_ = 0;  ///< the last row that check_all() has seen
  Statement insert_, tail_, sequence_, hash_of_, of_run_, one_, all_, of_kind_, shift_, shifts_,
      runs_, extent_, indexed_;
};

}  // namespace fat::store
