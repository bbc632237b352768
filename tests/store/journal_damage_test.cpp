// Damaged journals: detected, or harmless; never a wrong history.
#include <algorithm>
#include <fstream>
#include <functional>

#include <gmock/gmock.h>

#include "fat/store/sqlite_journal.hpp"
#include "store/database.hpp"
#include "store/event_rows.hpp"
#include "store/journal_builders.hpp"
#include "store/temporary_folder.hpp"

namespace fat {
namespace {

using testing::HasSubstr;

/// Everything that a run's life depends on, as text.
std::vector<std::string> history(const SqliteJournal& journal) {
  std::vector<std::string> lines;
  for (const int run : {1, 2}) {
    for (const auto& stored : journal.events(run)) {
      lines.push_back(std::to_string(stored.id) + " " + std::to_string(stored.event.run) + " " +
                      to_iso_utc(stored.event.at.wall) + " " + stored.event.who + " " +
                      std::string(kind_of(stored.event.body)) + to_json_text(stored.event.body));
    }
  }
  const auto plan = journal.plan(1, 1);
  lines.push_back(plan ? to_json_text(*plan) : "no plan");
  return lines;
}

class DamagedJournals : public testing::Test {
 protected:
  DamagedJournals() {
    const PlanRecord record{.run = 1, .version = 1, .plan = plan_with({"gain"})};
    SqliteJournal journal(file_, JournalMode::ReadWrite);
    journal.append({adopted(1, 1), note(2, "other run"), started(1, attempt_of("gain"))}, &record);
    journal.append({ended(1, attempt_of("gain"), std::chrono::seconds{3}), note(2, "more")});
  }

  void execute(const std::string& sql) {
    store::Database(file_, store::Access::ReadWrite).execute(sql);
  }

  /// The chain is made sound again, as another version would have written it.
  void chain_anew() {
    const store::Database database(file_, store::Access::ReadWrite);
    store::Sha256 sha256;
    store::Hash before{};
    for (std::int64_t id = 1; id <= 5; ++id) {
      store::Statement row(database.handle(),
                           std::string(store::kEventColumns) + "e WHERE e.id = ?1");
      row.bind(1, id);
      ASSERT_TRUE(row.step());
      before = store::chained(sha256, before, store::content_of(row));
      row.reset();
      store::Statement(database.handle(), "UPDATE events SET hash = ?1 WHERE id = ?2")
          .bind_blob(1, before)
          .bind(2, id)
          .run();
    }
  }

  /// As `refusal`, of another version.
  std::string newer(const std::function<void(const SqliteJournal&)>& action) {
    try {
      const SqliteJournal journal(file_, JournalMode::ReadOnly);
      action(journal);
    } catch (const JournalError& error) {
      EXPECT_EQ(error.fault(), JournalFault::TooNew);
      return error.what();
    }
    return "nothing was refused";
  }

  /// What somebody learns who opens, reads or verifies it.
  std::string refusal(const std::function<void(const SqliteJournal&)>& action) {
    try {
      const SqliteJournal journal(file_, JournalMode::ReadOnly);
      action(journal);
    } catch (const JournalError& error) {
      EXPECT_EQ(error.fault(), JournalFault::Damaged);
      return error.what();
    }
    return "nothing was refused";
  }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "fatmaster.db";
};

TEST_F(DamagedJournals, NameTheRowThatWasChanged) {
  execute("UPDATE events SET who = 'somebody else' WHERE id = 3");

  EXPECT_THAT(refusal([](const auto& journal) { journal.events(1); }), HasSubstr("event 3 "));
  EXPECT_THAT(refusal([](const auto& journal) { journal.verify(); }), HasSubstr("event 3 "));
}

TEST_F(DamagedJournals, AreNotRefusedToARunThatTheDamageDoesNotConcern) {
  execute("UPDATE events SET who = 'somebody else' WHERE id = 3");

  const SqliteJournal journal(file_, JournalMode::ReadOnly);

  EXPECT_EQ(journal.events(2).size(), 2U);
}

TEST_F(DamagedJournals, NoticeARemovedRow) {
  execute("PRAGMA foreign_keys=OFF; DELETE FROM events WHERE id = 3");

  EXPECT_THAT(refusal([](const auto&) {}), HasSubstr("event 3 is missing"));
}

TEST_F(DamagedJournals, NoticeARowMovedToAnotherRun) {
  execute("UPDATE events SET run = 2 WHERE id = 3");

  EXPECT_THAT(refusal([](const auto& journal) { journal.events(1); }), HasSubstr("event 4 "));
  EXPECT_THAT(refusal([](const auto& journal) { journal.events(2); }), HasSubstr("event 3 "));
}

TEST_F(DamagedJournals, NoticeAChangedPlan) {
  execute("UPDATE plans SET body = replace(body, 'cold.ini', 'warm.ini')");

  EXPECT_THAT(refusal([](const auto& journal) { journal.plan(1, 1); }), HasSubstr("plan of run 1"));
  EXPECT_THAT(refusal([](const auto& journal) { journal.verify(); }), HasSubstr("plan of run 1"));
}

TEST_F(DamagedJournals, NoticeARemovedPlan) {
  execute("DELETE FROM plans");

  EXPECT_THAT(refusal([](const auto& journal) { journal.verify(); }),
              HasSubstr("the plan of event 1 is missing"));
}

TEST_F(DamagedJournals, NoticeAForgedLastRowWhenOpened) {
  execute(R"(UPDATE events SET body = '{"level":"info","text":"less"}' WHERE id = 5)");

  EXPECT_THAT(refusal([](const auto&) {}), HasSubstr("event 5 "));
}

TEST_F(DamagedJournals, NoticeAPlanMovedToAnEventThatIsNotThere) {
  execute("PRAGMA foreign_keys=OFF; UPDATE plans SET event = 6");

  EXPECT_THAT(refusal([](const auto& journal) { journal.plan(1, 1); }),
              HasSubstr("does not fit the hash in its event"));
}

TEST_F(DamagedJournals, NoticeARowThatIsNotTheNextOfItsRunThoughItsHashFits) {
  execute("UPDATE events SET seq = 7 WHERE id = 3");
  chain_anew();

  EXPECT_THAT(refusal([](const auto& journal) { journal.verify(); }),
              HasSubstr("event 3 is not the next one of its run"));
}

TEST_F(DamagedJournals, TellAnEventOfANewerVersionFromADamagedOne) {
  execute("UPDATE events SET kind = 'module_dreamt' WHERE id = 3");
  chain_anew();

  EXPECT_THAT(newer([](const auto& journal) { journal.events(1); }),
              HasSubstr("event 3 (module_dreamt) cannot be understood by this version"));
  const SqliteJournal journal(file_, JournalMode::ReadOnly);
  EXPECT_EQ(journal.events(2).size(), 2U);
}

TEST_F(DamagedJournals, TellAPlanOfANewerVersionFromADamagedOne) {
  execute("UPDATE plans SET body = '{}'");
  {
    const store::Database database(file_, store::Access::ReadWrite);
    store::Statement plan(database.handle(), "SELECT fingerprint FROM plans");
    ASSERT_TRUE(plan.step());
    const auto hash = store::Sha256{}
                          .add(std::int64_t{1})
                          .add(std::int64_t{1})
                          .add_field(plan.text(0))
                          .add_field("{}")
                          .finish();
    store::Statement(database.handle(), "UPDATE events SET plan_hash = ?1 WHERE id = 1")
        .bind_blob(1, hash)
        .run();
  }
  chain_anew();

  EXPECT_THAT(newer([](const auto& journal) { journal.plan(1, 1); }),
              HasSubstr("version 1 of the plan of run 1 cannot be understood by this version"));
}

TEST_F(DamagedJournals, AreAPrefixOfTheTruthWhenTheirEndIsLost) {
  execute("PRAGMA foreign_keys=OFF; DELETE FROM events WHERE id > 3");

  const SqliteJournal journal(file_, JournalMode::ReadOnly);

  EXPECT_EQ(journal.events(1).size(), 2U);
}

/// What a reader of the file is told, and whether the whole of it was found sound.
struct Told {
  std::vector<std::string> lines;
  bool sound = false;
};

Told ask(const std::filesystem::path& file) {
  Told told;
  try {
    const SqliteJournal journal(file, JournalMode::ReadOnly);
    told.lines = history(journal);
    journal.verify();
    told.sound = true;
  } catch (const JournalError&) {
    told.sound = false;
  }
  return told;
}

/// A quarter of the bytes in each test, to keep each short.
class DamagedBytes : public DamagedJournals, public testing::WithParamInterface<std::size_t> {};

INSTANTIATE_TEST_SUITE_P(EveryFourth, DamagedBytes, testing::Values(0, 1, 2, 3));

TEST_P(DamagedBytes, NeverTellAnotherHistoryWhicheverIsFlipped) {
  const auto bytes = read_text(file_);
  const auto truth = history(SqliteJournal(file_, JournalMode::ReadOnly));
  std::fstream file(file_, std::ios::in | std::ios::out | std::ios::binary);
  const auto put = [&](std::size_t place, char byte) {
    file.seekp(static_cast<std::streamoff>(place)).put(byte).flush();
  };
  std::size_t tried = 0, detected = 0, invented = 0, overlooked = 0;
  // Empty space in pages is large and all alike: one byte in 61 of it will do.
  for (std::size_t place = GetParam(); place < bytes.size(); place += 4) {
    if (bytes[place] == '\0' && place % 61 != 0) {
      continue;
    }
    put(place, static_cast<char>(bytes[place] ^ (1 << (place % 8))));
    const Told told = ask(file_);
    put(place, bytes[place]);
    ++tried;
    detected += told.sound ? 0U : 1U;
    overlooked += told.sound && told.lines != truth ? 1U : 0U;
    invented +=
        std::ranges::all_of(told.lines,
                            [&](const auto& line) {
                              return std::find(truth.begin(), truth.end(), line) != truth.end();
                            })
            ? 0U
            : 1U;
  }

  EXPECT_GT(tried, 250U);
  EXPECT_GT(detected, tried / 4);
  EXPECT_EQ(invented, 0U);
  EXPECT_EQ(overlooked, 0U);
}

}  // namespace
}  // namespace fat
