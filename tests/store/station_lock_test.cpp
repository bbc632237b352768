// One owner per station; who it is; gone with its process.
#include "fat/store/station_lock.hpp"

#include <array>
#include <csignal>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/temporary_folder.hpp"

namespace fat {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

StationOwner anna() {
  return {.pid = 4711, .host = "daq1", .run = 12, .user = "anna"};
}

TEST(StationLock, RefusesASecondOwnerAndNamesTheFirst) {
  const TemporaryFolder folder;
  const StationLock first(folder.path(), anna());

  try {
    const StationLock second(folder.path(), anna(), milliseconds{0});
    FAIL() << "two owners";
  } catch (const StationOwned& refusal) {
    EXPECT_EQ(refusal.owner(), anna());
    EXPECT_THAT(refusal.what(), HasSubstr("process 4711 of anna on daq1, run 12"));
  }
}

TEST(StationLock, IsFreeWhenItsOwnerHasGone) {
  const TemporaryFolder folder;
  { const StationLock first(folder.path(), anna()); }

  EXPECT_FALSE(who_holds(folder.path()));
  EXPECT_NO_THROW(StationLock(folder.path(), anna(), milliseconds{0}));
}

TEST(StationLock, TellsWhoHoldsItWithoutTakingIt) {
  const TemporaryFolder folder;
  EXPECT_FALSE(who_holds(folder.path()));
  StationLock lock(folder.path(), anna());
  auto later = anna();
  later.run = 13;

  lock.set_owner(later);

  EXPECT_EQ(who_holds(folder.path()), later);
}

TEST(StationLock, DiesWithAKilledProcess) {
  const TemporaryFolder folder;
  std::array<int, 2> ready{};
  ASSERT_EQ(::pipe(ready.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const StationLock lock(folder.path(), this_process(12));
    static_cast<void>(::write(ready[1], "x", 1) + 1);
    ::pause();
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_EQ(who_holds(folder.path())->pid, child);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);

  EXPECT_NO_THROW(StationLock(folder.path(), anna(), milliseconds{0}));
}

TEST(StationLock, IsNotInheritedByAProgramTheOwnerStarts) {
  const TemporaryFolder folder;
  pid_t child = 0;
  std::array<int, 2> until{};
  ASSERT_EQ(::pipe(until.data()), 0);
  {
    const StationLock lock(folder.path(), anna());
    std::array<int, 2> started{};
    ASSERT_EQ(::pipe2(started.data(), O_CLOEXEC), 0);
    child = ::fork();
    if (child == 0) {
      ::dup2(until[0], 0);
      ::close(until[1]);
      ::execlp("cat", "cat", nullptr);
      ::_exit(1);
    }
    ::close(started[1]);
    char byte = 0;
    ASSERT_EQ(::read(started[0], &byte, 1), 0);  // closed by exec
    ::close(started[0]);
  }

  EXPECT_NO_THROW(StationLock(folder.path(), anna(), milliseconds{0}));
  ::close(until[1]);
  ::waitpid(child, nullptr, 0);
}

TEST(StationLock, HasPatienceWithAnOwnerThatIsAboutToEnd) {
  const TemporaryFolder folder;
  std::array<int, 2> ready{}, finish{};
  ASSERT_EQ(::pipe(ready.data()), 0);
  ASSERT_EQ(::pipe(finish.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(finish[1]);
    const StationLock lock(folder.path(), anna());
    static_cast<void>(::write(ready[1], "x", 1) + 1);
    char byte = 0;
    static_cast<void>(::read(finish[0], &byte, 1) + 1);
    ::_exit(0);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  ::close(finish[1]);  // now it ends, at some moment

  EXPECT_NO_THROW(StationLock(folder.path(), anna(), std::chrono::seconds{5}));
  ::waitpid(child, nullptr, 0);
}

TEST(StationLock, SurvivesAFileFullOfNonsense) {
  const TemporaryFolder folder;
  write_text(folder / "fatmaster.lock", std::string(10'000, '['));

  EXPECT_FALSE(who_holds(folder.path()));
  const StationLock lock(folder.path(), anna());
  EXPECT_EQ(who_holds(folder.path()), anna());
}

TEST(StationLock, NeedsAFolder) {
  EXPECT_THROW(StationLock("/no/such/folder", anna()), std::system_error);
}

TEST(StationOwned, SaysWhoOwnsItAsFarAsIsKnown) {
  EXPECT_STREQ(StationOwned{{}}.what(), "another fatmaster owns this station");
  EXPECT_STREQ((StationOwned{{.pid = 7, .host = "lab", .run = 12, .user = "anna"}}.what()),
               "another fatmaster owns this station: process 7 of anna on lab, run 12; 'fatmaster "
               "status' shows what it does");
}

}  // namespace
}  // namespace fat
