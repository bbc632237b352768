// A database file -> checked, created or migrated (after a backup) in one transaction.
#include "store/journal_schema.hpp"

#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/durable_file.hpp"

namespace fat::store {

namespace {

// `hash` chains every row to the one with the id before; `plan_hash` covers the plan stored with
// the row. `seq` counts within the run, so that a run's rows read through the index show by
// themselves when one is gone. `durations` can be computed from the rest.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE events (
  id        INTEGER PRIMARY KEY,
  run       INTEGER NOT NULL,
  seq       INTEGER NOT NULL,
  wall_us   INTEGER NOT NULL,
  boot_us   INTEGER NOT NULL,
  boot_id   TEXT NOT NULL,
  who       TEXT NOT NULL,
  kind      TEXT NOT NULL,
  body      TEXT NOT NULL,
  plan_hash BLOB,
  hash      BLOB NOT NULL
) STRICT;
CREATE INDEX events_of_run ON events(run);
CREATE TABLE plans (
  run         INTEGER NOT NULL,
  version     INTEGER NOT NULL,
  event       INTEGER NOT NULL REFERENCES events(id),
  fingerprint TEXT NOT NULL,
  body        TEXT NOT NULL,
  PRIMARY KEY (run, version)
) STRICT;
CREATE TABLE durations (
  event       INTEGER PRIMARY KEY REFERENCES events(id),
  fingerprint TEXT NOT NULL,
  task        TEXT NOT NULL,
  ran_us      INTEGER NOT NULL
) STRICT;
CREATE INDEX durations_of_step ON durations(fingerprint);
CREATE INDEX durations_of_task ON durations(task);
)sql";

// Messages for people, stored with the event that causes them. `files` is empty or a JSON list of
// paths; `post` names the post they were tried in; `fate` and `why` say what became of them.
// `calls` is who is to look, `about` the alert that the message opens.
constexpr const char* kVersion2 = R"sql(
CREATE TABLE messages (
  id      INTEGER PRIMARY KEY,
  channel TEXT NOT NULL,
  event   INTEGER NOT NULL REFERENCES events(id),
  run     INTEGER NOT NULL,
  wall_us INTEGER NOT NULL,
  urgency TEXT NOT NULL,
  text    TEXT NOT NULL,
  fault   TEXT NOT NULL,
  files   TEXT NOT NULL DEFAULT '',
  post    INTEGER NOT NULL DEFAULT 0,
  fate    TEXT NOT NULL DEFAULT 'waiting',
  why     TEXT NOT NULL DEFAULT '',
  calls   TEXT NOT NULL DEFAULT '',
  about   TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX messages_waiting ON messages(channel, id) WHERE fate = 'waiting';
)sql";

// No part of the format: a program that does not know them keeps them as they should be. Every verb
// asks who has the shift, and without the index reads all events for it.
constexpr const char* kIndices =
    "CREATE INDEX IF NOT EXISTS events_of_shifts ON events(id) WHERE kind = 'shift_taken'";

const std::vector<std::string>& migrations_of(const JournalOptions& options) {
  return options.migrations.empty() ? journal_migrations() : options.migrations;
}

int known_version(const JournalOptions& options) {
  return static_cast<int>(migrations_of(options).size());
}

/// The file's schema version; 0 for an empty one. Refuses what is not ours or newer than we are.
int checked_version(Database& database,
                    const std::filesystem::path& file,
                    const JournalOptions& options) {
  // In one transaction: a journal that is just being made is seen before or after, never between.
  const Transaction reading(database, Transaction::Kind::Read);
  const auto tables = database.integer_of("SELECT count(*) FROM sqlite_schema");
  const auto version = database.integer_of("PRAGMA user_version");
  const auto application = database.integer_of("PRAGMA application_id");
  if (tables == 0 && version == 0 && application == 0) {
    return 0;
  }
  if (application != kApplicationId || version < 1 || tables == 0) {
    throw JournalError(
        JournalFault::Damaged,
        fmt::format("{} is not a fatmaster journal, or its header is damaged; put it "
                    "aside or restore it from a backup",
                    file.string()));
  }
  if (version > known_version(options)) {
    throw JournalError(JournalFault::TooNew,
                       fmt::format("{} was written by a newer fatmaster (journal version {}, this "
                                   "program knows {}); use that one",
                                   file.string(),
                                   version,
                                   known_version(options)));
  }
  return static_cast<int>(version);
}

void create_file(const std::filesystem::path& file, const JournalOptions& options) {
  const unsigned mode = options.for_group ? 0660 : 0600;
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (descriptor < 0) {
    return;  // it exists, or SQLite will say why it cannot be made
  }
  const Descriptor made(descriptor);
  // The umask may have taken the group's rights away; -wal and -shm follow the file's mode.
  if (::fchmod(descriptor, mode) != 0) {
    throw JournalError(JournalFault::Unwritable,
                       fmt::format("cannot set the mode of {}", file.string()));
  }
  sync_folder(std::filesystem::absolute(file).parent_path());
}

std::filesystem::path backup_before(Database& database,
                                    const std::filesystem::path& file,
                                    int version) {
  for (int number = 0;; ++number) {
    const auto target = std::filesystem::path(fmt::format(
        "{}.version-{}{}", file.string(), version, number == 0 ? "" : fmt::format("-{}", number)));
    if (std::filesystem::exists(target)) {
      continue;
    }
    // A copy that was cut short by a power cut must not stand there under the good name.
    const auto unfinished = std::filesystem::path(target.string() + ".unfinished");
    std::filesystem::remove(unfinished);
    database.copy_to(unfinished);
    std::filesystem::permissions(unfinished, std::filesystem::status(file).permissions());
    rename_to_free_name(unfinished, target);
    sync_folder(std::filesystem::absolute(file).parent_path());
    return target;
  }
}

void migrate(Database& database, int from, const JournalOptions& options) {
  const auto& migrations = migrations_of(options);
  Transaction transaction(database, Transaction::Kind::Write);
  for (auto step = static_cast<std::size_t>(from); step < migrations.size(); ++step) {
    database.execute(migrations[step]);
  }
  database.execute(fmt::format("PRAGMA application_id={}", kApplicationId));
  database.execute(fmt::format("PRAGMA user_version={}", migrations.size()));
  transaction.commit();
}

/// A program killed while it made the journal leaves a rollback journal beside it. A reader may not
/// play it back and would see nothing but an error.
void finish_rollback(const std::filesystem::path& file) {
  std::error_code error;
  if (std::filesystem::exists(file.string() + "-journal", error)) {
    const Database database(file, Access::ReadWrite);
    static_cast<void>(database.integer_of("SELECT count(*) FROM sqlite_schema"));
  }
}

/// SQLite needs to write beside a WAL database even for reading it, unless told that nothing
/// changes.
Database open_as_it_can_be_read(const std::filesystem::path& file) {
  const auto folder = std::filesystem::absolute(file).parent_path();
  if (::access(folder.c_str(), W_OK) == 0) {
    finish_rollback(file);
    return {file, Access::ReadOnly};
  }
  std::error_code absent;
  const auto log_size = std::filesystem::file_size(file.string() + "-wal", absent);
  if (absent || log_size == 0) {
    return {file, Access::Immutable};
  }
  return {file, Access::ReadOnly};
}

}  // namespace

const std::vector<std::string>& journal_migrations() {
  static const std::vector<std::string> migrations{kVersion1, kVersion2};
  return migrations;
}

Database open_for_writing(const std::filesystem::path& file,
                          const JournalOptions& options,
                          std::optional<JournalMigration>& migrated) {
  create_file(file, options);
  Database database(file, Access::ReadWrite);
  const int version = checked_version(database, file, options);
  database.execute(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
      "PRAGMA journal_size_limit=4194304; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON");
  if (version == known_version(options)) {
    database.execute(kIndices);
    return database;
  }
  if (version > 0) {
    migrated = JournalMigration{.from = version,
                                .to = known_version(options),
                                .backup = backup_before(database, file, version)};
  }
  migrate(database, version, options);
  database.execute(kIndices);
  return database;
}

Database open_for_reading(const std::filesystem::path& file, const JournalOptions& options) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    throw JournalError(
        JournalFault::Missing,
        fmt::format("there is no journal {}: nothing has been run here yet", file.string()));
  }
  Database database = open_as_it_can_be_read(file);
  database.execute("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON");
  const int version = checked_version(database, file, options);
  if (version == 0) {
    throw JournalError(
        JournalFault::Missing,
        fmt::format("the journal {} is empty: nothing has been run here yet", file.string()));
  }
  return database;
}

}  // namespace fat::store
