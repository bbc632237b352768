#include "fat/store/readings_file.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "store/database.hpp"
#include "store/durable_file.hpp"
#include "store/readings_history.hpp"

namespace fat {

using store::Access;
using store::Database;
using store::kReadingLevels;
using store::milliseconds_of;
using store::Statement;
using store::Transaction;
using store::value_in;
using store::wall_of;

namespace {

constexpr auto kNewestState = static_cast<std::int64_t>(ReadingState::Lent);
constexpr int kReadingsId = 0x46415452;  // "FATR"
constexpr int kReadingsVersion = 1;

// Times are milliseconds since 1970, UTC. Each table lies in the order in which it is read:
// channel, then time. `sum` is of the valid readings; low and high are NULL where there is none.
constexpr const char* kSchema = R"sql(
CREATE TABLE channels (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE newest (
  channel INTEGER PRIMARY KEY REFERENCES channels(id),
  at      INTEGER NOT NULL,
  boot_us INTEGER NOT NULL,
  boot_id TEXT NOT NULL,
  value   REAL,
  state   INTEGER NOT NULL,
  why     TEXT NOT NULL
) STRICT;
CREATE TABLE single (
  channel INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  value   REAL,
  PRIMARY KEY (channel, at)
) STRICT, WITHOUT ROWID;
CREATE TABLE minutes (
  channel INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  low     REAL,
  high    REAL,
  sum     REAL NOT NULL,
  valid   INTEGER NOT NULL,
  invalid INTEGER NOT NULL,
  PRIMARY KEY (channel, at)
) STRICT, WITHOUT ROWID;
CREATE TABLE ten_minutes (
  channel INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  low     REAL,
  high    REAL,
  sum     REAL NOT NULL,
  valid   INTEGER NOT NULL,
  invalid INTEGER NOT NULL,
  PRIMARY KEY (channel, at)
) STRICT, WITHOUT ROWID;
)sql";

/// What readings of a while come to.
struct Sum {
  std::optional<double> low, high;
  double sum = 0;
  int valid = 0, invalid = 0;

  void add(const std::optional<double>& value) {
    if (!value) {
      ++invalid;
      return;
    }
    low = std::min(low.value_or(*value), *value);
    high = std::max(high.value_or(*value), *value);
    sum += *value;
    ++valid;
  }
};

std::string upsert(const char* table) {
  return fmt::format(
      "INSERT INTO {} VALUES (?1,?2,?3,?4,?5,?6,?7) ON CONFLICT DO UPDATE SET "
      "low=min(coalesce(low,excluded.low),coalesce(excluded.low,low)),"
      "high=max(coalesce(high,excluded.high),coalesce(excluded.high,high)),"
      "sum=sum+excluded.sum,valid=valid+excluded.valid,invalid=invalid+excluded.invalid",
      table);
}

void bind_value(Statement& statement, int index, const std::optional<double>& value) {
  if (value) {
    statement.bind_real(index, *value);
  } else {
    statement.bind_null(index);
  }
}

Database open_readings(const std::filesystem::path& file, ReadingsFile::Mode mode, bool for_group) {
  if (mode == ReadingsFile::Mode::Write) {
    const store::Descriptor made{
        ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, for_group ? 0660U : 0600U)};
    if (made && for_group) {
      ::fchmod(made.number(), 0660);  // the umask may have taken the group's rights away
    }
    return {file, Access::ReadWrite};
  }
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    throw JournalError{JournalFault::Missing,
                       fmt::format("there are no stored readings ({}): `fatmaster station` "
                                   "stores them while it lives",
                                   file.string())};
  }
  return {file, Access::ReadOnly};
}

/// Creates the tables of an empty file; refuses what is not ours.
void require_readings(Database& database, const std::filesystem::path& file, bool writes) {
  if (writes && database.integer_of("SELECT count(*) FROM sqlite_schema") == 0) {
    database.execute("PRAGMA journal_mode=WAL");
    Transaction transaction{database};
    if (database.integer_of("SELECT count(*) FROM sqlite_schema") == 0) {
      database.execute(kSchema);
      database.execute(fmt::format(
          "PRAGMA application_id={}; PRAGMA user_version={}", kReadingsId, kReadingsVersion));
    }
    transaction.commit();
  }
  if (database.integer_of("PRAGMA application_id") != kReadingsId) {
    throw JournalError{
        JournalFault::Damaged,
        fmt::format("{} holds no readings of fatmaster; put it aside", file.string())};
  }
  if (database.integer_of("PRAGMA user_version") > kReadingsVersion) {
    throw JournalError{JournalFault::TooNew,
                       fmt::format("{} was written by a newer fatmaster", file.string())};
  }
}

}  // namespace

class ReadingsFile::Tables {
 public:
  Tables(const std::filesystem::path& file, Mode mode, bool for_group)
      : database_(open_readings(file, mode, for_group)) {
    require_readings(database_, file, mode == Mode::Write);
    if (mode == Mode::Write) {
      database_.execute(
          "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA trusted_schema=OFF;"
          "PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-16384");
    }
  }

  void append(const std::vector<TimedReading>& readings) {
    std::array<std::map<std::pair<std::int64_t, std::int64_t>, Sum>, kReadingLevels.size()> sums;
    std::map<std::int64_t, const Reading*> newest;
    for (const auto& one : readings) {  // outside the transaction: an id that is known is stored
      static_cast<void>(channel_id(one.channel));
    }
    Transaction transaction{database_};
    Statement single{database_.handle(), "INSERT OR REPLACE INTO single VALUES (?1,?2,?3)"};
    for (const auto& [channel, reading] : readings) {
      if (reading.state == ReadingState::None) {
        continue;
      }
      const auto id = channel_id(channel);
      const auto at = milliseconds_of(reading.at.wall);
      single.bind(1, id).bind(2, at);
      bind_value(single, 3, reading.value);
      single.run();
      for (std::size_t level = 0; level < kReadingLevels.size(); ++level) {
        sums.at(level)[{id, at - (at % kReadingLevels.at(level).length)}].add(reading.value);
      }
      newest[id] = &reading;
    }
    for (std::size_t level = 0; level < kReadingLevels.size(); ++level) {
      add_sums(kReadingLevels.at(level).table, sums.at(level));
    }
    replace_newest(newest);
    transaction.commit();
  }

  void forget(WallTime now, const ReadingsKept& kept) {
    const auto channels = channel_ids();
    const auto each = kept.most_single / std::max<std::int64_t>(1, std::ssize(channels));
    for (const auto id : channels) {  // each by itself: the writer is never held up for long
      Transaction transaction{database_};
      remove("single", id, std::max(milliseconds_of(now - kept.single), oldest_of(id, each)));
      remove("minutes", id, milliseconds_of(now - kept.minutes));
      remove("ten_minutes", id, milliseconds_of(now - kept.ten_minutes));
      transaction.commit();
    }
  }

  std::vector<TimedReading> newest() const {
    Statement rows{database_.handle(),
                   "SELECT name,at,boot_us,boot_id,value,state,why FROM newest JOIN channels ON "
                   "id=channel ORDER BY name"};
    const store::Reading guard{rows};
    std::vector<TimedReading> all;
    while (rows.step()) {
      all.push_back({std::string{rows.text(0)},
                     {.at = {.wall = wall_of(rows.integer(1)),
                             .boot = Microseconds{rows.integer(2)},
                             .boot_id = std::string{rows.text(3)}},
                      .value = value_in(rows, 4),
                      .state = static_cast<ReadingState>(
                          std::clamp<std::int64_t>(rows.integer(5), 0, kNewestState)),
                      .why = std::string{rows.text(6)}}});
    }
    return all;
  }

  std::vector<TimedReading> after(const std::string& channel, WallTime at, int most) const {
    const auto id = known_id(channel);
    std::vector<TimedReading> found;
    if (!id) {
      return found;
    }
    Statement rows{database_.handle(),
                   "SELECT at,value FROM single WHERE channel=?1 AND at>?2 ORDER BY at LIMIT ?3"};
    const store::Reading guard{rows};
    rows.bind(1, *id).bind(2, milliseconds_of(at)).bind(3, std::int64_t{most});
    while (rows.step()) {
      const auto value = value_in(rows, 1);
      found.push_back({channel,
                       {.at = {.wall = wall_of(rows.integer(0)), .boot = {}, .boot_id = {}},
                        .value = value,
                        .state = value ? ReadingState::Ok : ReadingState::Failed,
                        .why = {}}});
    }
    return found;
  }

  std::vector<HistoryPoint> history(const std::string& channel,
                                    WallTime from,
                                    WallTime until,
                                    std::size_t most) const {
    const auto id = known_id(channel);
    return id ? store::read_history(
                    database_, {*id, milliseconds_of(from), milliseconds_of(until)}, most)
              : std::vector<HistoryPoint>{};
  }

 private:
  std::optional<std::int64_t> known_id(const std::string& name) const {
    Statement found{database_.handle(), "SELECT id FROM channels WHERE name=?1"};
    const store::Reading guard{found};
    found.bind(1, std::string_view{name});
    return found.step() ? std::optional{found.integer(0)} : std::nullopt;
  }

  std::int64_t channel_id(const std::string& name) {
    if (const auto known = ids_.find(name); known != ids_.end()) {
      return known->second;
    }
    auto id = known_id(name);
    if (!id) {
      Statement made{database_.handle(), "INSERT INTO channels(name) VALUES (?1)"};
      made.bind(1, std::string_view{name}).run();
      id = known_id(name);
    }
    return ids_[name] = id.value_or(0);
  }

  std::vector<std::int64_t> channel_ids() const {
    Statement rows{database_.handle(), "SELECT id FROM channels"};
    const store::Reading guard{rows};
    std::vector<std::int64_t> all;
    while (rows.step()) {
      all.push_back(rows.integer(0));
    }
    return all;
  }

  void add_sums(const char* table,
                const std::map<std::pair<std::int64_t, std::int64_t>, Sum>& sums) {
    Statement row{database_.handle(), upsert(table)};
    for (const auto& [key, sum] : sums) {
      row.bind(1, key.first).bind(2, key.second);
      bind_value(row, 3, sum.low);
      bind_value(row, 4, sum.high);
      row.bind_real(5, sum.sum).bind(6, std::int64_t{sum.valid}).bind(7, std::int64_t{sum.invalid});
      row.run();
    }
  }

  void replace_newest(const std::map<std::int64_t, const Reading*>& newest) {
    Statement row{database_.handle(),
                  "INSERT OR REPLACE INTO newest VALUES (?1,?2,?3,?4,?5,?6,?7)"};
    for (const auto& [id, reading] : newest) {
      row.bind(1, id).bind(2, milliseconds_of(reading->at.wall));
      row.bind(3, std::int64_t{reading->at.boot.count()});
      row.bind(4, std::string_view{reading->at.boot_id});
      bind_value(row, 5, reading->value);
      row.bind(6, static_cast<std::int64_t>(reading->state));
      row.bind(7, std::string_view{reading->why});
      row.run();
    }
  }

  /// Time of the reading before which there are `many` newer ones; 0 when there are fewer.
  std::int64_t oldest_of(std::int64_t id, std::int64_t many) const {
    Statement found{database_.handle(),
                    "SELECT at FROM single WHERE channel=?1 ORDER BY at DESC LIMIT 1 OFFSET ?2"};
    const store::Reading guard{found};
    found.bind(1, id).bind(2, std::max<std::int64_t>(many, 1) - 1);
    return found.step() ? found.integer(0) : 0;
  }

  void remove(const char* table, std::int64_t id, std::int64_t before) {
    Statement gone{database_.handle(),
                   fmt::format("DELETE FROM {} WHERE channel=?1 AND at<?2", table)};
    gone.bind(1, id).bind(2, before).run();
  }

  Database database_;
  std::map<std::string, std::int64_t> ids_;
};

ReadingsFile::ReadingsFile(const std::filesystem::path& file, Mode mode, bool for_group)
    : tables_(std::make_unique<Tables>(file, mode, for_group)) {}

ReadingsFile::~ReadingsFile() = default;

void ReadingsFile::append(const std::vector<TimedReading>& readings) {
  tables_->append(readings);
}

void ReadingsFile::forget(WallTime now, const ReadingsKept& kept) {
  tables_->forget(now, kept);
}

std::vector<TimedReading> ReadingsFile::after(const std::string& channel,
                                              WallTime at,
                                              int most) const {
  return tables_->after(channel, at, most);
}

std::vector<TimedReading> ReadingsFile::newest() const {
  return tables_->newest();
}

std::vector<HistoryPoint> ReadingsFile::history(const std::string& channel,
                                                WallTime from,
                                                WallTime until,
                                                int most) const {
  return tables_->history(channel, from, until, static_cast<std::size_t>(std::max(most, 1)));
}

}  // namespace fat
