// Journals of other versions: migrated after a backup, or refused.
#include "store/journal_schema.hpp"

#include <gmock/gmock.h>

#include "fat/store/sqlite_journal.hpp"
#include "fat/store/sqlite_outbox.hpp"
#include "store/database.hpp"
#include "store/journal_builders.hpp"
#include "store/temporary_folder.hpp"

namespace fat {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

/// A program that knows one version more than this one.
JournalOptions next_version() {
  JournalOptions options;
  options.migrations = store::journal_migrations();
  options.migrations.emplace_back("ALTER TABLE durations ADD COLUMN place TEXT");
  return options;
}

class JournalVersions : public testing::Test {
 protected:
  JournalVersions() { SqliteJournal(file_, JournalMode::ReadWrite).append({note(1, "old")}); }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "fatmaster.db";
};

TEST_F(JournalVersions, AreBroughtUpToDateAfterABackup) {
  const SqliteJournal journal(file_, JournalMode::ReadWrite, next_version());

  ASSERT_TRUE(journal.migrated());
  EXPECT_EQ(journal.migrated()->from, 2);
  EXPECT_EQ(journal.migrated()->to, 3);
  EXPECT_EQ(journal.migrated()->backup, folder_ / "fatmaster.db.version-2");
  EXPECT_THAT(journal.events(1), SizeIs(1));
  EXPECT_EQ(
      store::Database(file_, store::Access::ReadOnly)
          .integer_of("SELECT count(*) FROM pragma_table_info('durations') WHERE name='place'"),
      1);
}

TEST_F(JournalVersions, KeepABackupThatTheOldProgramReads) {
  SqliteJournal(file_, JournalMode::ReadWrite, next_version()).append({note(1, "new")});

  const SqliteJournal old(folder_ / "fatmaster.db.version-2", JournalMode::ReadOnly);

  EXPECT_THAT(old.events(1), SizeIs(1));
}

TEST_F(JournalVersions, AreMigratedOnce) {
  { const SqliteJournal newer{file_, JournalMode::ReadWrite, next_version()}; }

  EXPECT_FALSE(SqliteJournal(file_, JournalMode::ReadWrite, next_version()).migrated());
}

TEST_F(JournalVersions, NewerThanTheProgramAreRefusedForWritingAndReading) {
  { const SqliteJournal newer{file_, JournalMode::ReadWrite, next_version()}; }

  for (const auto mode : {JournalMode::ReadWrite, JournalMode::ReadOnly}) {
    try {
      const SqliteJournal journal(file_, mode);
      FAIL() << "opened";
    } catch (const JournalError& error) {
      EXPECT_EQ(error.fault(), JournalFault::TooNew);
      EXPECT_THAT(error.what(), HasSubstr("journal version 3, this program knows 2"));
    }
  }
}

TEST_F(JournalVersions, AreCopiedBesideEachEarlierCopyBeforeTheyAreBroughtUpToDate) {
  const auto copy = file_.string() + ".version-2";
  write_text(copy, "of an earlier time");

  { const SqliteJournal newer{file_, JournalMode::ReadWrite, next_version()}; }

  EXPECT_EQ(read_text(copy), "of an earlier time");
  EXPECT_THAT(SqliteJournal(copy + "-1", JournalMode::ReadOnly).events(1), SizeIs(1));
}

TEST_F(JournalVersions, StayAsTheyWereWhenAMigrationFails) {
  auto broken = next_version();
  broken.migrations.back() += "; CREATE TABLE events (x)";

  EXPECT_THROW(SqliteJournal(file_, JournalMode::ReadWrite, broken), JournalError);

  EXPECT_THAT(SqliteJournal(file_, JournalMode::ReadWrite).events(1), SizeIs(1));
}

TEST_F(JournalVersions, OlderThanTheProgramAreReadAsTheyAre) {
  EXPECT_THAT(SqliteJournal(file_, JournalMode::ReadOnly, next_version()).events(1), SizeIs(1));

  EXPECT_EQ(store::Database(file_, store::Access::ReadOnly).integer_of("PRAGMA user_version"), 2);
}

TEST_F(JournalVersions, WithoutMessagesTakeThemOnceTheyAreBroughtUpToDate) {
  const auto file = folder_ / "first.db";
  JournalOptions first;
  first.migrations = {store::journal_migrations().front()};
  SqliteJournal(file, JournalMode::ReadWrite, first).append({note(1, "old")});
  EXPECT_THAT(count_messages(file), testing::IsEmpty());
  EXPECT_THAT(messages_of_fate(file, MessageFate::Waiting, 9), testing::IsEmpty());

  SqliteJournal journal(file, JournalMode::ReadWrite);
  journal.append({note(1, "new")}, nullptr, {{.channel = "slack", .run = 1, .text = "new"}});

  EXPECT_EQ(journal.migrated()->from, 1);
  EXPECT_THAT(journal.events(1), SizeIs(2));
  EXPECT_THAT(SqliteOutbox(file).waiting("slack", 9), SizeIs(1));
}

TEST_F(JournalVersions, OfAnotherApplicationAreNotTouched) {
  const auto file = folder_ / "other.db";
  store::Database(file, store::Access::ReadWrite).execute("CREATE TABLE readings (x)");

  EXPECT_THROW(SqliteJournal(file, JournalMode::ReadWrite), JournalError);

  EXPECT_EQ(store::Database(file, store::Access::ReadOnly)
                .integer_of("SELECT count(*) FROM sqlite_schema"),
            1);
}

}  // namespace
}  // namespace fat
