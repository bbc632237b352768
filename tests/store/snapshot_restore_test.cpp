// Back into the station: whole, with what was replaced kept, whatever interrupts it.
#include "fat/store/snapshot_restore.hpp"

#include <algorithm>

#include <gmock/gmock.h>

#include "fakes/manual_clock.hpp"
#include "fat/store/sqlite_journal.hpp"
#include "store/journal_builders.hpp"
#include "store/restore_note.hpp"
#include "store/temporary_folder.hpp"

namespace fat {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Restore : public testing::Test {
 protected:
  Restore() {
    station_.folder = folder_.path();
    station_.state = folder_.path();
    station_.runs = folder_ / "runs";
    write_text(run_file_, R"({"DEgg": "runs/run_00012/DEgg.json", "Far": "/nowhere/far.json"})");
    write_text(module_, R"({"Port": 5000})");
    std::filesystem::create_directories(target_.target);
    SqliteJournal{journal_, JournalMode::ReadWrite}.append({note(12, "first")});
    snapshots_.make(target_, {.run_file = run_file_, .journal = journal_, .station = {}});
  }

  /// As the station goes on after the snapshot.
  void go_on() {
    SqliteJournal{journal_, JournalMode::ReadWrite}.append({note(12, "second")});
    write_text(run_file_, "later");
    write_text(module_, "destroyed");
  }

  UnpackedSnapshot unpacked() const {
    return UnpackedSnapshot{target_, list_snapshots(target_)[0]};
  }

  std::size_t events() const {
    return SqliteJournal{journal_, JournalMode::ReadOnly}.events(12).size();
  }

  std::vector<std::string> leftovers() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
      const auto name = entry.path().filename().string();
      if (name.ends_with(".restored") || name.ends_with(".restore") || name.ends_with(".tmp")) {
        names.push_back(name);
      }
    }
    return names;
  }

  TemporaryFolder folder_;
  Station station_;
  std::filesystem::path run_file_ = folder_ / "runs/run/run_00012.json";
  std::filesystem::path module_ = folder_ / "runs/run_00012/DEgg.json";
  std::filesystem::path journal_ = folder_ / "fatmaster.db";
  BackupTarget target_{.name = "disk", .host = {}, .target = folder_ / "mount", .keep = {}};
  ManualClock clock_;
  TarSnapshots snapshots_{clock_};
};

TEST_F(Restore, HasNothingToDoWhereAllIsThere) {
  const auto plan = unpacked().plan(station_, {}, clock_.now().wall);

  EXPECT_THAT(plan.files, IsEmpty());
  EXPECT_EQ(plan.same, 3U);
}

TEST_F(Restore, KeepsAsideWhatItReplaces) {
  go_on();
  const auto snapshot = unpacked();
  const auto plan = snapshot.plan(station_, {}, clock_.now().wall);
  EXPECT_TRUE(plan.replaces());
  EXPECT_EQ(events(), 2U);

  snapshot.put_back(plan, station_);

  EXPECT_EQ(events(), 1U);
  EXPECT_THAT(read_text(run_file_), HasSubstr("DEgg"));
  EXPECT_EQ(read_text(module_), R"({"Port": 5000})");
  ASSERT_THAT(plan.files, SizeIs(3));
  for (const auto& file : plan.files) {
    ASSERT_TRUE(std::filesystem::exists(file.aside)) << file.aside;
  }
  EXPECT_EQ(read_text(plan.files[0].aside), "later");
  const SqliteJournal aside{plan.files.back().aside, JournalMode::ReadOnly};
  EXPECT_THAT(leftovers(), IsEmpty());
}

TEST_F(Restore, BringsBackOneFileAlone) {
  go_on();
  const auto snapshot = unpacked();

  snapshot.put_back(snapshot.plan(station_, "DEgg.json", clock_.now().wall), station_);

  EXPECT_EQ(read_text(module_), R"({"Port": 5000})");
  EXPECT_EQ(read_text(run_file_), "later");
  EXPECT_EQ(events(), 2U);
  EXPECT_THROW(snapshot.plan(station_, "other.json", clock_.now().wall), SnapshotError);
}

TEST_F(Restore, TellsWhatTheJournalLoses) {
  go_on();

  const auto plan = unpacked().plan(station_, {}, clock_.now().wall);

  EXPECT_THAT(plan.notes, ElementsAre(HasSubstr("from event 2 to event 1")));
}

TEST_F(Restore, NeverOverwritesWhatWasKeptBefore) {
  go_on();
  const auto snapshot = unpacked();
  const auto first = snapshot.plan(station_, "DEgg.json", clock_.now().wall);
  snapshot.put_back(first, station_);
  write_text(module_, "destroyed again");

  const auto second = snapshot.plan(station_, "DEgg.json", clock_.now().wall);
  snapshot.put_back(second, station_);

  EXPECT_EQ(read_text(first.files[0].aside), "destroyed");
  EXPECT_EQ(read_text(second.files[0].aside), "destroyed again");
}

TEST_F(Restore, ChangesNothingWhenItCannotStageAll) {
  go_on();
  const auto snapshot = unpacked();
  const auto plan = snapshot.plan(station_, {}, clock_.now().wall);
  std::filesystem::create_directory(folder_ / "runs/run_00012/.DEgg.json.restored");

  EXPECT_THROW(snapshot.put_back(plan, station_), SnapshotError);

  EXPECT_EQ(events(), 2U);
  EXPECT_EQ(read_text(run_file_), "later");
  EXPECT_FALSE(is_restore_unfinished(folder_.path()));
}

/// Three files, each changed in three moves of which any may be the last.
TEST_F(Restore, IsCompletedFromWhereverItWasInterrupted) {
  for (int moves = 0; moves <= 9; ++moves) {
    const TemporaryFolder place;
    std::vector<store::Placing> placings;
    for (const char* name : {"a", "b", "fatmaster.db"}) {
      store::Placing placing{.from = place / ("." + std::string{name} + ".restored"),
                             .to = place / name,
                             .aside = place / (std::string{name} + ".replaced"),
                             .before = {}};
      write_text(placing.from, std::string{"new "} + name);
      write_text(placing.to, std::string{"old "} + name);
      placing.before.emplace_back(place / (std::string{name} + "-wal"),
                                  place / (std::string{name} + ".replaced-wal"));
      write_text(placing.before[0].first, "old wal");
      placings.push_back(placing);
    }
    store::write_note(store::restore_note(place.path()), placings);
    for (int move = 0; move < moves; ++move) {
      const auto& placing = placings[static_cast<std::size_t>(move / 3)];
      switch (move % 3) {
        case 0:
          std::filesystem::rename(placing.before[0].first, placing.before[0].second);
          break;
        case 1:
          std::filesystem::create_hard_link(placing.to, placing.aside);
          break;
        default:
          std::filesystem::rename(placing.from, placing.to);
          break;
      }
    }

    EXPECT_TRUE(finish_restore(place.path()));
    EXPECT_FALSE(finish_restore(place.path()));

    for (const auto& placing : placings) {
      const auto name = placing.to.filename().string();
      EXPECT_EQ(read_text(placing.to), "new " + name) << moves;
      EXPECT_EQ(read_text(placing.aside), "old " + name) << moves;
      EXPECT_EQ(read_text(placing.before[0].second), "old wal") << moves;
      EXPECT_FALSE(std::filesystem::exists(placing.before[0].first)) << moves;
    }
  }
}

TEST_F(Restore, RefusesANoteThatIsNotIts) {
  write_text(folder_ / "fatmaster.restore", "{}");

  EXPECT_THROW(finish_restore(folder_.path()), SnapshotError);
}

TEST_F(Restore, PutsModulesWhereTheRunJsonNamesThemAndLeavesOutWhatIsOutside) {
  const TemporaryFolder elsewhere;
  const auto inside = write_text(folder_ / "modules/A.json", R"({"Port": 5001})");
  const auto outside = write_text(elsewhere / "B.json", R"({"Port": 5002})");
  write_text(run_file_, R"({"A": "modules/A.json", "B": ")" + outside.string() + "\"}");
  clock_.advance(std::chrono::seconds{1});
  snapshots_.make(target_,
                  {.run_file = run_file_, .journal = journal_, .station = station_.folder});
  write_text(inside, "destroyed");
  write_text(outside, "destroyed");
  const auto snapshot = unpacked();

  const auto plan = snapshot.plan(station_, {}, clock_.now().wall);
  snapshot.put_back(plan, station_);

  EXPECT_THAT(plan.notes, ElementsAre(HasSubstr("left out: modules/B.json lies outside")));
  EXPECT_EQ(read_text(inside), R"({"Port": 5001})");
  EXPECT_EQ(read_text(outside), "destroyed");
}

TEST_F(Restore, TellsThatThePresentJournalIsDamaged) {
  write_text(journal_, std::string(5000, 'x'));

  const auto plan = unpacked().plan(station_, {}, clock_.now().wall);

  EXPECT_THAT(plan.notes,
              ElementsAre(HasSubstr("is damaged; that of the backup ends with event 1")));
}

TEST_F(Restore, MakesWhatIsGoneTheGroupsWhereTheStationIs) {
  station_.group = "lab";
  std::filesystem::remove(module_);
  std::filesystem::remove(journal_);
  const auto snapshot = unpacked();

  snapshot.put_back(snapshot.plan(station_, {}, clock_.now().wall), station_);

  EXPECT_EQ(std::filesystem::status(module_).permissions(), std::filesystem::perms{0664});
  EXPECT_EQ(std::filesystem::status(journal_).permissions(), std::filesystem::perms{0660});
}

}  // namespace
}  // namespace fat
