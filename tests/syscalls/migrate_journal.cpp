// fat_migrate_journal make FILE: a journal of this program's version with three events.
// fat_migrate_journal open FILE: opens it as a program that knows one version more; prints how many
// events are there. fat_migrate_journal read FILE: prints how many events this program's own
// version reads in FILE.
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>
#include <string_view>

#include "fat/store/sqlite_journal.hpp"
#include "store/journal_builders.hpp"
#include "store/journal_schema.hpp"

namespace {

fat::JournalOptions next_version() {
  fat::JournalOptions options;
  options.migrations = fat::store::journal_migrations();
  options.migrations.emplace_back("ALTER TABLE durations ADD COLUMN place TEXT");
  return options;
}

std::size_t events_after(std::string_view what, const std::filesystem::path& file) {
  using fat::JournalMode;
  using fat::SqliteJournal;
  if (what == "make") {
    SqliteJournal{file, JournalMode::ReadWrite}.append(
        {fat::note(1, "one"), fat::note(1, "two"), fat::note(1, "three")});
  }
  const SqliteJournal journal{file,
                              what == "read" ? JournalMode::ReadOnly : JournalMode::ReadWrite,
                              what == "open" ? next_version() : fat::JournalOptions{}};
  return journal.events(1).size();
}

}  // namespace

int main(int count, char** words) {
  try {
    std::cout << events_after(words[1], words[count - 1]) << '\n';
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
