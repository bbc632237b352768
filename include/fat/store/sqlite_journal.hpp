// Events -> rows of fatmaster.db, each hash-chained to the one before, and back.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fat/ports/journal.hpp"

namespace fat {

/// Readers never block the writer. A reader of a file that is absent is refused with
/// JournalFault::Missing.
enum class JournalMode { ReadWrite, ReadOnly };

struct JournalOptions {
  bool for_group = false;  ///< 0660 instead of 0600 for a new file
  /// SQL that leads from version n to n+1, n counting from 0 (an empty file). Empty: the program's
  /// own list. Given by tests only.
  std::vector<std::string> migrations;
};

/// What opening for writing had to do to an older journal.
struct JournalMigration {
  int from = 0, to = 0;
  std::filesystem::path backup;  ///< copy made before
};

/// The station's journal: WAL, synchronous=FULL. One object is used by one thread at a time; each
/// thread or process has its own. One process at a time writes (it holds the StationLock); any
/// number read. After JournalError{Unwritable} the object goes on being usable.
class SqliteJournal : public Journal {
 public:
  /// Throws JournalError: TooNew when a newer program wrote it (also when reading), Damaged when
  /// its end does not fit its chain.
  SqliteJournal(const std::filesystem::path& file,
                JournalMode mode,
                const JournalOptions& options = {});
  ~SqliteJournal() override;
  SqliteJournal(const SqliteJournal&) = delete;
  SqliteJournal& operator=(const SqliteJournal&) = delete;

  void append(const std::vector<Event>& events,
              const PlanRecord* plan = nullptr,
              const std::vector<Message>& messages = {}) override;
  std::vector<StoredEvent> events(int run, std::int64_t after = 0) const override;
  /// The first `most` of them: for who reads a long history and may have to give up.
  std::vector<StoredEvent> events(int run, std::int64_t after, std::size_t most) const;
  std::vector<int> runs() const override;
  std::optional<Plan> plan(int run, int version) const override;
  std::vector<Microseconds> past_durations(const std::string& fingerprint,
                                           const std::string& task) const override;

  /// Walks the whole chain and every plan. Throws JournalError{Damaged} naming the first bad row.
  void verify() const;
  /// 0 when there is no event. Cheap: for readers that poll.
  std::int64_t last_id() const;
  /// The newest ShiftTaken, of whatever run; nullopt when there is none. Cheap: every verb asks.
  std::optional<StoredEvent> newest_shift() const;
  /// A consistent copy in one file, also while somebody writes. `target` must not exist.
  void snapshot(const std::filesystem::path& target) const;
  /// Set when this object migrated the file.
  const std::optional<JournalMigration>& migrated() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace fat
