// One user of a wire at a time, between processes too.
#include "devices/link_lock.hpp"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "devices/boot_clock.hpp"
#include "fakes/patience.hpp"
#include "sim/temp_folder.hpp"

namespace fat {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

TEST(LinkLock, NamesWhoHoldsTheWireAndForWhat) {
  const TempFolder folder;
  const BootClock clock;
  LinkLock first{clock, {folder.path() / "locks", "step 3 measure_gain_0"}, "10.0.0.5:5025"};
  LinkLock second{clock, {folder.path() / "locks", "a look"}, "10.0.0.5:5025"};

  EXPECT_FALSE(first.take(0ms).fault);
  const auto refused = second.take(0ms);

  EXPECT_EQ(refused.fault, DeviceFault::Busy);
  EXPECT_THAT(refused.why,
              HasSubstr("held by pid " + std::to_string(::getpid()) + ", step 3 measure_gain_0"));
  first.release();
  EXPECT_FALSE(second.take(0ms).fault);
}

TEST(LinkLock, IsOfOneWireOnly) {
  const TempFolder folder;
  const BootClock clock;
  LinkLock first{clock, {folder.path(), ""}, "/dev/ttyUSB0"};
  LinkLock second{clock, {folder.path(), ""}, "/dev/ttyUSB1"};

  EXPECT_FALSE(first.take(0ms).fault);
  EXPECT_FALSE(second.take(0ms).fault);
}

TEST(LinkLock, EndsWithItsProcess) {
  const TempFolder folder;
  const BootClock clock;
  const auto child = ::fork();
  if (child == 0) {
    LinkLock mine{clock, {folder.path(), "a child"}, "wire"};
    ::_exit(mine.take(0ms).fault ? 1 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_EQ(status, 0);

  LinkLock lock{clock, {folder.path(), ""}, "wire"};
  EXPECT_FALSE(lock.take(kPatience).fault);
}

TEST(LinkLock, TellsLongNamesApart) {
  const TempFolder folder;
  const BootClock clock;
  const std::string path = "/dev/serial/by-path/" + std::string(250, 'x');
  LinkLock first{clock, {folder.path(), ""}, path + "0"};
  LinkLock same{clock, {folder.path(), ""}, path + "0"};
  LinkLock second{clock, {folder.path(), ""}, path + "1"};

  EXPECT_FALSE(first.take(0ms).fault);
  EXPECT_EQ(same.take(0ms).fault, DeviceFault::Busy);
  EXPECT_FALSE(second.take(0ms).fault);
}

TEST(LinkLock, SaysWhereItCannotBe) {
  const BootClock clock;
  LinkLock lock{clock, {"/dev/null/locks", ""}, "wire"};

  const auto taken = lock.take(0ms);

  EXPECT_EQ(taken.fault, DeviceFault::Unreachable);
  EXPECT_THAT(taken.why, HasSubstr("cannot open the lock /dev/null/locks/"));
  EXPECT_THAT(taken.why, HasSubstr("[paths] locks of station.ini"));
}

}  // namespace
}  // namespace fat
