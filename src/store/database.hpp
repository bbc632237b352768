// SQLite's C interface -> owned connection and statements; its error codes -> JournalError.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "fat/ports/journal.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace fat::store {

/// What a result code of SQLite says about the journal: damage stays, everything else may pass.
JournalFault fault_of(int sqlite_code);

/// A prepared statement, reused from call to call. Parameters and columns count as in SQLite: from
/// 1 and from 0.
class Statement {
 public:
  Statement(sqlite3* connection, std::string_view sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, std::string_view text);
  Statement& bind_blob(int index, std::span<const std::byte> bytes);
  Statement& bind_null(int index);
  Statement& bind_real(int index, double value);

  /// true: a row can be read. false: done, and the statement is reset for its next use.
  bool step();
  /// Runs a statement that gives no rows.
  void run();
  /// Ends a read before its last row; ends its hold on the database.
  void reset() noexcept;

  std::int64_t integer(int column) const;
  double real(int column) const;
  /// Views live until the next step or reset.
  std::string_view text(int column) const;
  std::span<const std::byte> blob(int column) const;
  bool is_null(int column) const;

 private:
  void check(int code) const;

  sqlite3* connection_;
  sqlite3_stmt* statement_ = nullptr;
};

/// Resets a statement on every way out of a function that reads from it.
class Reading {
 public:
  explicit Reading(Statement& statement) : statement_(statement) {}

  ~Reading() { statement_.reset(); }

  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

 private:
  Statement& statement_;
};

enum class Access { ReadWrite, ReadOnly, Immutable };

/// One connection. Used by one thread at a time.
class Database {
 public:
  /// Throws JournalError. ReadWrite creates the file when it is absent.
  Database(const std::filesystem::path& file, Access access);

  sqlite3* handle() const { return connection_.get(); }

  void execute(const std::string& sql) const;
  std::int64_t integer_of(const std::string& sql) const;
  /// SQLite's backup call: a consistent copy, also while others write. Durable when it returns.
  void copy_to(const std::filesystem::path& target) const;

 private:
  struct Close {
    void operator()(sqlite3* connection) const noexcept;
  };

  std::unique_ptr<sqlite3, Close> connection_;
};

/// BEGIN ... COMMIT; rolled back when it is destroyed without commit().
class Transaction {
 public:
  enum class Kind { Write, Read };

  explicit Transaction(Database& database, Kind kind = Kind::Write);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit();

 private:
  Database& database_;
};

}  // namespace fat::store
