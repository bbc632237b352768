// Backups: complete, verified, made only when something changed, and restored.
#include "fat/store/tar_snapshots.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <unistd.h>

#include "fakes/manual_clock.hpp"
#include "fat/store/snapshot_restore.hpp"
#include "fat/store/sqlite_journal.hpp"
#include "store/archive.hpp"
#include "store/journal_builders.hpp"
#include "store/sha256.hpp"
#include "store/snapshot_manifest.hpp"
#include "store/temporary_folder.hpp"

namespace fat {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Backups : public testing::Test {
 protected:
  Backups() {
    write_text(run_file_, R"({"DEgg": "x.json", "comment": ""})");
    write_text(runs_ / "run_00012/DEgg.json", R"({"Port": 5000})");
    write_text(runs_ / "run_00012/cold_0.ini", "[constants]\n");
    write_text(runs_ / "run_00012/fat_run_00012.log", "started\n");
    write_text(runs_ / "run_00012/steps/0000_gain/attempt_1/output.log", "big");
    std::filesystem::create_directories(target_.target);
    journal_.append({note(12, "first"), started(12, attempt_of("gain"))});
  }

  SnapshotResult make() {
    clock_.advance(std::chrono::seconds{1});
    return snapshots_.make(target_, request_);
  }

  static Event of_backup() {
    return started(12, {.list = StepList::Backup, .title = "backup", .attempt = 1});
  }

  TemporaryFolder folder_;
  std::filesystem::path runs_ = folder_ / "runs";
  std::filesystem::path run_file_ = runs_ / "run/run_00012.json";
  SqliteJournal journal_{folder_ / "fatmaster.db", JournalMode::ReadWrite};
  BackupTarget target_{.name = "disk", .host = {}, .target = folder_ / "mount", .keep = {}};
  SnapshotRequest request_{
      .run_file = run_file_, .journal = folder_ / "fatmaster.db", .station = {}};
  ManualClock clock_;
  TarSnapshots snapshots_{clock_};
};

TEST_F(Backups, HoldRunJsonModulesSchedulesAndJournal) {
  const auto result = make();

  EXPECT_TRUE(result.written);
  EXPECT_THAT(result.warnings, IsEmpty());
  EXPECT_EQ(result.archive, folder_ / "mount/run_00012/run_00012_20261121T000001.000000Z.tar.zst");
  EXPECT_EQ(restore_snapshot(result.archive, folder_ / "restored"), 5U);
  EXPECT_EQ(read_text(folder_ / "restored/run/run_00012.json"), read_text(run_file_));
  EXPECT_EQ(read_text(folder_ / "restored/run_00012/DEgg.json"), R"({"Port": 5000})");
  EXPECT_EQ(read_text(folder_ / "restored/run_00012/cold_0.ini"), "[constants]\n");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "restored/run_00012/steps"));
  const SqliteJournal copy(folder_ / "restored/fatmaster.db", JournalMode::ReadOnly);
  EXPECT_THAT(copy.events(12), SizeIs(2));
}

TEST_F(Backups, AreNotMadeWhenNothingChanged) {
  const auto first = make();
  journal_.append({note(12, "backup done"), of_backup(), note(13, "another run")});
  write_text(runs_ / "run_00012/fat_run_00012.log", "more\n");

  const auto second = make();

  EXPECT_FALSE(second.written);
  EXPECT_EQ(second.archive, first.archive);
  EXPECT_THAT(list_snapshots(target_, 12), SizeIs(1));
}

TEST_F(Backups, AreMadeWhenTheJournalTellsSomethingNew) {
  make();
  journal_.append({ended(12, attempt_of("gain"), std::chrono::seconds{1})});

  EXPECT_TRUE(make().written);
}

TEST_F(Backups, AreMadeWhenAJsonChanged) {
  make();
  write_text(runs_ / "run_00012/DEgg.json", R"({"Port": 5001})");

  EXPECT_TRUE(make().written);
}

TEST_F(Backups, AreMadeAgainWhenTheNewestIsDamaged) {
  const auto first = make();
  write_text(first.archive, "nonsense");

  const auto second = make();

  EXPECT_TRUE(second.written);
  EXPECT_EQ(restore_snapshot(second.archive, folder_ / "restored"), 5U);
}

TEST_F(Backups, KeepTheNewestOnly) {
  target_.keep = {.last = 2, .daily = 0};
  std::size_t removed = 0;
  for (int number = 0; number < 4; ++number) {
    write_text(runs_ / "run_00012/DEgg.json", "{\"n\": " + std::to_string(number) + "}");
    removed += make().removed;
  }

  const auto list = list_snapshots(target_, 12);
  EXPECT_EQ(removed, 2U);
  ASSERT_THAT(list, SizeIs(2));
  restore_snapshot(target_.target / "run_00012" / list[0].name, folder_ / "restored");
  EXPECT_EQ(read_text(folder_ / "restored/run_00012/DEgg.json"), "{\"n\": 3}");
}

TEST_F(Backups, StayInOrderWhenTheClockIsSetBack) {
  make();
  write_text(runs_ / "run_00012/DEgg.json", "{}");
  clock_.step_wall(-std::chrono::hours{24});

  const auto second = make();

  EXPECT_EQ(list_snapshots(target_, 12).front().shown, second.archive);
}

TEST_F(Backups, TakeModulesFromWhereverTheRunJsonNamesThem) {
  const auto module = write_text(folder_ / "other/place.json", "{}");
  write_text(run_file_, R"({"DEgg2021-3-133": ")" + module.string() + "\"}");

  restore_snapshot(make().archive, folder_ / "restored");

  EXPECT_TRUE(std::filesystem::exists(folder_ / "restored/modules/DEgg2021-3-133.json"));
}

TEST_F(Backups, TakeATornJsonAsItIsAndSaySo) {
  write_text(runs_ / "run_00012/DEgg.json", R"({"Port": 50)");

  const auto result = make();

  EXPECT_THAT(result.warnings, ElementsAre(HasSubstr("DEgg.json is not complete JSON")));
  restore_snapshot(result.archive, folder_ / "restored");
  EXPECT_EQ(read_text(folder_ / "restored/run_00012/DEgg.json"), R"({"Port": 50)");
}

TEST_F(Backups, AreMadeBeforeThereIsAJournal) {
  request_.journal = folder_ / "state/fatmaster.db";

  EXPECT_EQ(make().files, 4U);
  EXPECT_FALSE(make().written);
}

TEST_F(Backups, SayThatADamagedJournalIsMissingInThem) {
  request_.journal = write_text(folder_ / "damaged.db", std::string(5000, 'x'));

  EXPECT_THAT(make().warnings, ElementsAre(HasSubstr("the journal is not in the backup")));
}

TEST_F(Backups, AreRefusedWhenTheTargetIsNotMounted) {
  std::filesystem::remove_all(target_.target);

  EXPECT_THROW(make(), SnapshotError);
  EXPECT_FALSE(std::filesystem::exists(target_.target));
}

TEST_F(Backups, AreRefusedWhenTheTargetCannotBeWritten) {
  write_text(target_.target / "run_00012", "a file in the folder's place");

  EXPECT_THROW(make(), SnapshotError);
}

TEST_F(Backups, AreMadeOneAtATime) {
  make();
  write_text(runs_ / "run_00012/DEgg.json", "{}");
  const auto temporary = folder_ / "mount/run_00012/.run_00012.tmp";
  const int other = ::open(temporary.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_EQ(::flock(other, LOCK_EX), 0);

  EXPECT_THROW(make(), SnapshotError);

  ::close(other);
  EXPECT_TRUE(make().written);
}

TEST_F(Backups, HoldFilesWithNamesInAnyLanguage) {
  write_text(runs_ / "run_00012/K\xc3\xa4lte \xe2\x9d\x84_0.ini", "x");

  restore_snapshot(make().archive, folder_ / "restored");

  EXPECT_EQ(read_text(folder_ / "restored/run_00012/K\xc3\xa4lte \xe2\x9d\x84_0.ini"), "x");
}

TEST_F(Backups, AreNotRestoredOverSomething) {
  const auto result = make();
  write_text(folder_ / "restored/file", "x");

  EXPECT_THROW(restore_snapshot(result.archive, folder_ / "restored"), SnapshotError);
}

TEST_F(Backups, NeverRestoreSomethingElseWhateverByteIsFlipped) {
  const auto archive = make().archive;
  const auto bytes = read_text(archive);
  std::size_t wrong = 0, detected = 0;
  for (std::size_t place = 0; place < bytes.size(); place += 1 + bytes.size() / 150) {
    auto damaged = bytes;
    damaged[place] = static_cast<char>(~damaged[place]);
    write_text(archive, damaged);
    const auto unpacked = folder_ / ("restored" + std::to_string(place));
    try {
      restore_snapshot(archive, unpacked);
      wrong += read_text(unpacked / "run/run_00012.json") == read_text(run_file_) ? 0U : 1U;
    } catch (const SnapshotError&) {
      ++detected;
    }
  }

  EXPECT_EQ(wrong, 0U);
  EXPECT_GT(detected, 100U);
}

TEST_F(Backups, AreVerifiedAndTheirTargetTriedOut) {
  make();
  const auto list = list_snapshots(target_, 12);
  ASSERT_THAT(list, SizeIs(1));

  EXPECT_EQ(verify_snapshot(target_, list[0]), 5U);
  EXPECT_EQ(made_at(list[0]), clock_.now().wall);
  EXPECT_GT(try_target(target_), 0U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator{target_.target}, {}), 1);

  std::filesystem::resize_file(target_.target / "run_00012" / list[0].name, 10);
  EXPECT_THROW(verify_snapshot(target_, list[0]), SnapshotError);
  std::filesystem::remove_all(target_.target);
  EXPECT_THROW(try_target(target_), SnapshotError);
}

TEST_F(Backups, AreOfARunOnly) {
  request_.run_file = write_text(runs_ / "run/trial.json", "{}");

  EXPECT_THROW(make(), SnapshotError);
}

TEST_F(Backups, LeaveOutAFileThatCannotBeNamedOrRead) {
  write_text(runs_ / "run_00012/K\xe4lte_0.ini", "x");
  std::filesystem::create_symlink("/proc/self/mem", runs_ / "run_00012/memory_0.ini");

  const auto result = make();

  EXPECT_TRUE(result.written);
  EXPECT_THAT(result.warnings,
              testing::UnorderedElementsAre(
                  HasSubstr("not in the backup: a file whose name is not UTF-8"),
                  testing::AllOf(HasSubstr("not in the backup: "), HasSubstr("memory_0.ini"))));
  EXPECT_EQ(restore_snapshot(result.archive, folder_ / "restored"), 5U);
}

/// What a reader of an archive with these entries says.
std::string said_of(const TemporaryFolder& folder,
                    const std::vector<std::pair<std::string, std::string>>& entries) {
  const auto file = folder / "made.tar.zst";
  std::filesystem::remove(file);
  const auto descriptor = store::open_file(file, O_RDWR | O_CREAT);
  store::ArchiveWriter writer(descriptor, file.string());
  for (const auto& [name, content] : entries) {
    writer.add(name, content);
  }
  writer.close();
  try {
    restore_snapshot(file, folder / "restored");
  } catch (const SnapshotError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Archives, AreWhatTheirManifestSays) {
  const TemporaryFolder folder;
  const auto manifest = to_json_text(
      store::Manifest{.run = 12,
                      .made = "now",
                      .last_event = 3,
                      .files = {{.name = "run/run_00012.json",
                                 .size = 2,
                                 .sha256 = store::to_hex(store::Sha256{}.add("{}").finish())}},
                      .damaged = {}});

  EXPECT_THAT(said_of(folder, {}), HasSubstr("it is empty"));
  EXPECT_THAT(said_of(folder, {{"run/run_00012.json", "{}"}}),
              HasSubstr("does not begin with its manifest"));
  EXPECT_THAT(said_of(folder, {{"manifest.json", std::string(17U << 20U, ' ')}}),
              HasSubstr("its manifest is too long"));
  EXPECT_THAT(said_of(folder, {{"manifest.json", manifest}}),
              HasSubstr("'run/run_00012.json' is missing"));
  EXPECT_EQ(said_of(folder, {{"manifest.json", manifest}, {"run/run_00012.json", "{}"}}),
            "no error");
  const auto number = manifest.find("12");
  for (const auto& text : {std::string(100'000, '['),
                           R"({"format": )" + std::string(100, '[') + std::string(100, ']') + "}",
                           std::string{manifest}.replace(number, 2, "1.5"),
                           std::string{manifest}.replace(number, 2, "-1e30"),
                           std::string{manifest}.replace(number, 2, "\"x\"")}) {
    EXPECT_FALSE(store::parse_manifest(text)) << text.substr(0, 60);
  }
  EXPECT_TRUE(store::parse_manifest(manifest));
}

TEST(Archives, SayThatTheirDiskIsFull) {
  std::string noise;
  for (std::uint32_t state = 1; noise.size() < 1'000'000;) {
    state = (state * 1664525U) + 1013904223U;
    noise += static_cast<char>(state >> 24U);
  }
  const auto full = store::open_file("/dev/full", O_WRONLY);
  store::ArchiveWriter writer(full, "full.tar.zst");

  EXPECT_THROW(
      {
        writer.add("noise", noise);
        writer.close();
      },
      SnapshotError);
}

TEST(ListSnapshots, IsEmptyWhereThereIsNone) {
  const TemporaryFolder folder;

  EXPECT_THAT(list_snapshots({.name = "disk", .host = {}, .target = folder.path(), .keep = {}}, 12),
              IsEmpty());
}

}  // namespace
}  // namespace fat
