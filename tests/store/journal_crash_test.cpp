// A writer killed at any moment leaves a sound journal with everything it was told was durable.
#include <array>
#include <csignal>
#include <cstdint>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fat/store/sqlite_journal.hpp"
#include "store/journal_builders.hpp"
#include "store/temporary_folder.hpp"

namespace fat {
namespace {

/// Appends for ever and says after each append that it returned.
[[noreturn]] void write_for_ever(const std::filesystem::path& file, int output) {
  SqliteJournal journal(file, JournalMode::ReadWrite);
  for (int number = 1;; ++number) {
    const auto key = attempt_of("gain", number);
    journal.append({ended(12, key, std::chrono::seconds{1}), started(12, key)});
    static_cast<void>(::write(output, "x", 1) + 1);
  }
}

/// Kills the writer after it reported `appends`; returns how many it had reported at its death.
std::int64_t run_and_kill(const std::filesystem::path& file, int appends) {
  std::array<int, 2> reports{};
  if (::pipe(reports.data()) != 0) {
    return -1;
  }
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(reports[0]);
    write_for_ever(file, reports[1]);
  }
  ::close(reports[1]);
  std::int64_t reported = 0;
  char byte = 0;
  while (reported < appends && ::read(reports[0], &byte, 1) == 1) {
    ++reported;
  }
  ::kill(child, SIGKILL);
  while (::read(reports[0], &byte, 1) == 1) {
    ++reported;
  }
  ::close(reports[0]);
  ::waitpid(child, nullptr, 0);
  return reported;
}

TEST(KilledWriter, LeavesASoundJournalWithEverythingThatWasDurable) {
  const TemporaryFolder folder;
  const auto file = folder / "fatmaster.db";
  std::int64_t promised = 0;
  for (int kill = 0; kill < 50; ++kill) {
    const auto before = kill == 0 ? 0 : SqliteJournal(file, JournalMode::ReadOnly).last_id();

    promised = before + (2 * run_and_kill(file, 1 + (kill % 9)));

    const SqliteJournal journal(file,
                                kill % 2 == 0 ? JournalMode::ReadOnly : JournalMode::ReadWrite);
    ASSERT_NO_THROW(journal.verify()) << kill;
    ASSERT_GE(journal.last_id(), promised) << kill;
    ASSERT_EQ(journal.last_id() % 2, 0) << "half an append, kill " << kill;
  }
  EXPECT_GT(promised, 100);
}

/// What a reader that polls is told of `file` until it can be read.
std::vector<JournalFault> poll_until_made(const std::filesystem::path& file, pid_t maker) {
  std::vector<JournalFault> told;
  for (bool made = false; !made;) {
    made = ::waitpid(maker, nullptr, WNOHANG) == maker;
    try {
      static_cast<void>(SqliteJournal(file, JournalMode::ReadOnly).last_id());
    } catch (const JournalError& error) {
      told.push_back(error.fault());
    }
  }
  return told;
}

TEST(AJournalThatIsBeingMade, IsNeverTakenForADamagedOne) {
  const TemporaryFolder folder;
  for (int number = 0; number < 60; ++number) {
    const auto file = folder / ("fatmaster_" + std::to_string(number) + ".db");
    const pid_t maker = ::fork();
    if (maker == 0) {
      const SqliteJournal made(file, JournalMode::ReadWrite);
      ::_exit(0);
    }

    EXPECT_THAT(poll_until_made(file, maker),
                testing::Not(testing::Contains(JournalFault::Damaged)))
        << number;
    EXPECT_NO_THROW(SqliteJournal(file, JournalMode::ReadOnly)) << number;
  }
}

}  // namespace
}  // namespace fat
