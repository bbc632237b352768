// A database file of any age -> one this program can use, or a refusal.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "fat/store/sqlite_journal.hpp"
#include "store/database.hpp"

namespace fat::store {

/// "FATM": tells our file from any other SQLite database.
constexpr int kApplicationId = 0x4641544d;

/// SQL from version n to n+1; the first makes an empty file version 1.
const std::vector<std::string>& journal_migrations();

/// Opens for writing, creating or migrating as needed. Throws JournalError.
Database open_for_writing(const std::filesystem::path& file,
                          const JournalOptions& options,
                          std::optional<JournalMigration>& migrated);

/// Opens for reading, also in a folder that cannot be written to, and without bringing an older
/// journal up to date: events and plans read the same in every version so far. Throws JournalError.
Database open_for_reading(const std::filesystem::path& file, const JournalOptions& options);

}  // namespace fat::store
