// SQL and values -> rows; every failure -> JournalError with SQLite's own words.
#include "store/database.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include "store/durable_file.hpp"

namespace fat::store {

namespace {

constexpr int kBusyMilliseconds = 1000;

JournalError error_of(sqlite3* connection, int code) {
  const char* name = sqlite3_db_filename(connection, "main");
  const std::string file = name != nullptr && *name != '\0' ? name : "the journal";
  return {fault_of(code),
          fmt::format("{}: {} (SQLite {})", file, sqlite3_errmsg(connection), code)};
}

/// ? # % have a meaning in SQLite's file URIs.
std::string uri_of(const std::filesystem::path& file, std::string_view options) {
  std::string uri = "file:";
  for (const char letter : std::filesystem::absolute(file).string()) {
    if (letter == '?' || letter == '#' || letter == '%') {
      uri += fmt::format("%{:02x}", static_cast<unsigned char>(letter));
      continue;
    }
    uri += letter;
  }
  return uri.append(options);
}

}  // namespace

JournalFault fault_of(int sqlite_code) {
  switch (sqlite_code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR:
    case SQLITE_SCHEMA:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_FORMAT:
      return JournalFault::Damaged;
    default:
      return JournalFault::Unwritable;
  }
}

Statement::Statement(sqlite3* connection, std::string_view sql) : connection_(connection) {
  check(sqlite3_prepare_v3(connection,
                           sql.data(),
                           static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT,
                           &statement_,
                           nullptr));
}

Statement::~Statement() {
  sqlite3_finalize(statement_);
}

void Statement::check(int code) const {
  if (code != SQLITE_OK) {
    throw error_of(connection_, code);
  }
}

Statement& Statement::bind(int index, std::int64_t value) {
  check(sqlite3_bind_int64(statement_, index, value));
  return *this;
}

// The text must live until the statement has run; every caller binds and runs in one expression's
// scope.
Statement& Statement::bind(int index, std::string_view text) {
  // A null pointer would bind NULL instead of an empty text.
  const char* data = text.data() == nullptr ? "" : text.data();
  check(sqlite3_bind_text64(statement_, index, data, text.size(), nullptr, SQLITE_UTF8));
  return *this;
}

Statement& Statement::bind_blob(int index, std::span<const std::byte> bytes) {
  check(sqlite3_bind_blob64(statement_, index, bytes.data(), bytes.size(), nullptr));
  return *this;
}

Statement& Statement::bind_null(int index) {
  check(sqlite3_bind_null(statement_, index));
  return *this;
}

Statement& Statement::bind_real(int index, double value) {
  check(sqlite3_bind_double(statement_, index, value));
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) {
    return true;
  }
  if (code != SQLITE_DONE) {
    const JournalError error = error_of(connection_, code);
    reset();
    throw JournalError(error);
  }
  reset();
  return false;
}

void Statement::run() {
  while (step()) {
  }
}

void Statement::reset() noexcept {
  sqlite3_reset(statement_);
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

double Statement::real(int column) const {
  return sqlite3_column_double(statement_, column);
}

std::string_view Statement::text(int column) const {
  const auto* text = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return text == nullptr ? std::string_view{} : std::string_view{text, size};
}

std::span<const std::byte> Statement::blob(int column) const {
  const auto* bytes = static_cast<const std::byte*>(sqlite3_column_blob(statement_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return bytes == nullptr ? std::span<const std::byte>{} : std::span{bytes, size};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

void Database::Close::operator()(sqlite3* connection) const noexcept {
  sqlite3_close_v2(connection);
}

Database::Database(const std::filesystem::path& file, Access access) {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI | SQLITE_OPEN_EXRESCODE;
  flags |= access == Access::ReadWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                       : SQLITE_OPEN_READONLY;
  const std::string uri = uri_of(file, access == Access::Immutable ? "?immutable=1" : "");
  sqlite3* connection = nullptr;
  const int code = sqlite3_open_v2(uri.c_str(), &connection, flags, nullptr);
  connection_.reset(connection);
  if (code != SQLITE_OK) {
    throw JournalError(fault_of(code),
                       fmt::format("cannot open {}: {}", file.string(), sqlite3_errstr(code)));
  }
  sqlite3_busy_timeout(connection, kBusyMilliseconds);
}

void Database::execute(const std::string& sql) const {
  const int code = sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) {
    throw error_of(handle(), code);
  }
}

std::int64_t Database::integer_of(const std::string& sql) const {
  Statement statement(handle(), sql);
  const Reading reading(statement);
  return statement.step() ? statement.integer(0) : 0;
}

void Database::copy_to(const std::filesystem::path& target) const {
  {
    const Database copy(target, Access::ReadWrite);
    sqlite3_backup* backup = sqlite3_backup_init(copy.handle(), "main", handle(), "main");
    if (backup == nullptr) {
      throw error_of(copy.handle(), sqlite3_errcode(copy.handle()));
    }
    const int stepped = sqlite3_backup_step(backup, -1);
    const int finished = sqlite3_backup_finish(backup);
    if (stepped != SQLITE_DONE) {
      throw error_of(copy.handle(), finished != SQLITE_OK ? finished : stepped);
    }
    // One plain file: a copy needs no -wal of its own until somebody writes to it.
    copy.execute("PRAGMA journal_mode=DELETE");
  }
  sync_file(target);
}

Transaction::Transaction(Database& database, Kind kind) : database_(database) {
  database_.execute(kind == Kind::Write ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
  if (sqlite3_get_autocommit(database_.handle()) == 0) {
    sqlite3_exec(database_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void Transaction::commit() {
  database_.execute("COMMIT");
}

}  // namespace fat::store
