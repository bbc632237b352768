// Backups and copies of data on another host: through a program called ssh that runs here what the
// host would run there.
#include <algorithm>
#include <cstdlib>
#include <functional>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "fakes/manual_clock.hpp"
#include "fat/store/data_copy.hpp"
#include "fat/store/snapshot_restore.hpp"
#include "fat/store/sqlite_journal.hpp"
#include "fat/store/tar_snapshots.hpp"
#include "store/journal_builders.hpp"
#include "store/temporary_folder.hpp"

namespace fat {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string target_error(const std::function<void()>& action) {
  try {
    action();
  } catch (const SnapshotError& error) {
    return error.what();
  }
  return "no error";
}

class SshTargets : public testing::Test {
 public:
  SshTargets() {
    obeys();
    ::setenv("PATH", ((folder_ / "bin").string() + ":" + path_).c_str(), 1);
    write_text(run_file_, R"({"comment": ""})");
    write_text(folder_ / "runs/run_00012/cold_0.ini", "[constants]\n");
    SqliteJournal{journal_, JournalMode::ReadWrite}.append({note(12, "first")});
    std::filesystem::create_directories(target_.target);
    write_text(folder_ / "data/waveforms.bin", std::string(100'000, 'w'));
    write_text(folder_ / "data/sub/charges.csv", "1,2\n");
  }

  ~SshTargets() override { ::setenv("PATH", path_.c_str(), 1); }

 protected:
  /// What that program does from now on.
  void program_is(const std::string& name, const std::string& script) const {
    const auto file = write_text(folder_ / ("bin/" + name), "#!/bin/sh\n" + script);
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  }

  void ssh_is(const std::string& script) const { program_is("ssh", script); }

  void obeys() const {
    ssh_is(
        "while :; do case \"$1\" in -l) shift 2 ;; --) shift; break ;; -*) shift ;; *) break ;; "
        "esac; done\nshift\nexec sh -c \"$*\"\n");
  }

  SnapshotResult make() {
    clock_.advance(std::chrono::seconds{1});
    return snapshots_.make(target_, {.run_file = run_file_, .journal = journal_, .station = {}});
  }

  DataCopy copy() const {
    return copy_data(target_, folder_ / "data", "of_a_run", [](int) { return true; });
  }

  TemporaryFolder folder_;
  std::string path_ = std::getenv("PATH");
  std::filesystem::path run_file_ = folder_ / "runs/run/run_00012.json";
  std::filesystem::path journal_ = folder_ / "fatmaster.db";
  BackupTarget target_{
      .name = "far", .host = "daq@far", .target = folder_ / "it's far", .keep = {}};
  ManualClock clock_;
  TarSnapshots snapshots_{clock_};
};

TEST_F(SshTargets, HoldWhatWasBackedUpAndOnlyTheNewest) {
  target_.keep = {.last = 1, .daily = 0};
  ASSERT_TRUE(make().written);
  EXPECT_FALSE(make().written);  // nothing changed
  write_text(run_file_, R"({"comment": "later"})");

  const auto second = make();

  EXPECT_TRUE(second.written);
  EXPECT_EQ(second.removed, 1U);
  const auto list = list_snapshots(target_);
  ASSERT_THAT(list, SizeIs(1));
  EXPECT_THAT(list[0].shown, AllOf(HasSubstr("daq@far"), HasSubstr(list[0].name)));
  EXPECT_EQ(made_at(list[0]), clock_.now().wall);
  EXPECT_EQ(verify_snapshot(target_, list[0]), 3U);
  EXPECT_GT(try_target(target_), 0U);
  const auto there = target_.target / "run_00012" / list[0].name;
  EXPECT_EQ(list[0].bytes, std::filesystem::file_size(there));
  restore_snapshot(there, folder_ / "restored");
  EXPECT_EQ(read_text(folder_ / "restored/run/run_00012.json"), R"({"comment": "later"})");
}

TEST_F(SshTargets, AreReadBack) {
  make();
  const auto list = list_snapshots(target_, 12);
  ASSERT_THAT(list, SizeIs(1));
  write_text(target_.target / "run_00012" / list[0].name, "nonsense");

  EXPECT_THROW(verify_snapshot(target_, list[0]), SnapshotError);
}

TEST_F(SshTargets, ListOnlyWhatIsABackup) {
  make();
  for (const auto* const name : {"run_00012/run_00012_20261121T000001Z.tar.zst",
                                 "run_00012/run_00013_20261121T000001.000000Z.tar.zst",
                                 "run_00012/run_00012_20261121T250001.000000Z.tar.zst",
                                 "run_00012/run_00012_20261321T000001.000000Z.tar.zst",
                                 "run_00012/run_00012_2026x121T000001.000000Z.tar.zst",
                                 "run_x/run_00012_20261121T000001.000000Z.tar.zst"}) {
    write_text(target_.target / name, "x");
  }

  EXPECT_THAT(list_snapshots(target_), SizeIs(1));
}

TEST_F(SshTargets, ThatAreNotMountedAreSaidToBe) {
  std::filesystem::remove_all(target_.target);

  for (const auto& action : {std::function<void()>{[&] { make(); }},
                             std::function<void()>{[&] { try_target(target_); }},
                             std::function<void()>{[&] { copy(); }}}) {
    EXPECT_THAT(target_error(action), HasSubstr("is not there; is it mounted?"));
  }
  EXPECT_FALSE(std::filesystem::exists(target_.target));
}

TEST_F(SshTargets, ThatCannotBeReachedSayWhatToDo) {
  for (const auto& [said, advice] :
       {std::pair{"Permission denied (publickey).", "ssh-copy-id daq@far"},
        std::pair{"Host key verification failed.", "the host key of daq@far is not known here"},
        std::pair{"REMOTE HOST IDENTIFICATION HAS CHANGED!", "ssh-keygen -R far"},
        std::pair{"Connection timed out",
                  "cannot be reached or closed the connection: "
                  "Connection timed out; try: ssh daq@far"}}) {
    ssh_is(fmt::format("echo '{}' >&2\nexit 255\n", said));
    EXPECT_THAT(target_error([&] { list_snapshots(target_); }), HasSubstr(advice));
    EXPECT_THAT(target_error([&] { copy(); }), HasSubstr(advice));
  }
  ssh_is("exit 9\n");
  EXPECT_THAT(target_error([&] { list_snapshots(target_); }),
              HasSubstr("daq@far: the command there ended with 9"));
}

TEST_F(SshTargets, TakeACopyOfDataAndReadItBack) {
  const auto whole = copy();
  EXPECT_TRUE(whole.whole);
  EXPECT_THAT(whole.different, IsEmpty());
  const auto there = target_.target / "of_a_run";
  EXPECT_EQ(read_text(there / "sub/charges.csv"), "1,2\n");

  // Of the same size and time, yet not the same.
  const auto time = std::filesystem::last_write_time(there / "waveforms.bin");
  write_text(there / "waveforms.bin", std::string(100'000, 'x'));
  std::filesystem::last_write_time(there / "waveforms.bin", time);
  EXPECT_TRUE(copy().whole);
  EXPECT_EQ(read_text(there / "waveforms.bin"), std::string(100'000, 'w'));
}

TEST_F(SshTargets, ACopyEndsWhenItsWatchHasEnough) {
  target_.host.clear();
  const auto never = copy_data(target_, folder_ / "data", "of_a_run", [](int) { return false; });
  EXPECT_FALSE(never.whole);

  // Copied, and interrupted while it is compared: one that copies without a word.
  program_is("rsync", "case \"$*\" in *--dry-run*) echo waveforms.bin ;; esac\n");
  const auto compared =
      copy_data(target_, folder_ / "data", "of_a_run", [](int percent) { return percent < 100; });
  EXPECT_FALSE(compared.whole);
  EXPECT_THAT(compared.different, IsEmpty());
  EXPECT_THAT(copy().different, ElementsAre("waveforms.bin"));
}

TEST_F(SshTargets, ACopyThatCannotBeMadeSaysWhy) {
  target_.host.clear();
  EXPECT_THAT(target_error([&] {
                copy_data(target_, folder_ / "none", "of_a_run", [](int) { return true; });
              }),
              HasSubstr("rsync ended with 23"));
  write_text(target_.target / "taken", "a file in the folder's place");
  EXPECT_THAT(target_error([&] {
                copy_data(target_, folder_ / "data", "taken/run", [](int) { return true; });
              }),
              HasSubstr("taken"));
  ::setenv("PATH", (folder_ / "bin").c_str(), 1);
  EXPECT_THAT(target_error([&] { copy(); }), HasSubstr("install it here"));
}

}  // namespace
}  // namespace fat
