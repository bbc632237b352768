// Plans and what they say about past attempts <-> rows of the tables `plans` and `durations`.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fat/ports/journal.hpp"
#include "store/database.hpp"
#include "store/event_table.hpp"
#include "store/sha256.hpp"

namespace fat::store {

/// A plan as it is stored, and the hash that its event carries.
struct StoredPlan {
  std::string fingerprint, body;
  Hash hash{};
};

class PlanTable {
 public:
  explicit PlanTable(Database& database);

  StoredPlan prepare(const PlanRecord& record);
  /// REQUIRES: inside a transaction.
  void insert(const PlanRecord& record, const StoredPlan& stored, std::int64_t event);
  /// Checked against the hash in the event that brought it, unless check_all() found it sound.
  std::optional<Plan> read(int run, int version, EventTable& events);
  /// Every plan that an event promises.
  void check_all(EventTable& events);

 private:
  Hash hash_of(std::int64_t run, std::int64_t version, const StoredPlan& stored);
  std::optional<std::int64_t> checked_event(std::int64_t run,
                                            std::int64_t version,
                                            EventTable& events);

  Sha256 sha256_;
  std::set<std::pair<std::int64_t, std::int64_t>> sound_;  ///< runs and versions
  Statement insert_, one_, all_, promised_;
};

/// How long steps took. Derived from events and plans; not part of the chain.
class DurationTable {
 public:
  explicit DurationTable(Database& database);

  /// REQUIRES: inside a transaction.
  void insert(std::int64_t event, const Step& step, Microseconds ran);
  /// Newest first, at most 20.
  std::vector<Microseconds> read(const std::string& fingerprint, const std::string& task);

 private:
  Statement insert_, of_step_, of_task_;
};

}  // namespace fat::store
