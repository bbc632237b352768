// When the process that reads a bench beside a run has nothing to read it for any more.
#include "cli/station_start.hpp"

#include <gtest/gtest.h>

#include "fakes/manual_clock.hpp"
#include "store/temporary_folder.hpp"

namespace fat {
namespace {

constexpr Microseconds kOwnPatience = std::chrono::minutes{1};

class RunBesideTest : public testing::Test {
 protected:
  StationLock drive(int run, bool ends = false) const {
    auto owner = this_process(run);
    owner.ends = ends;
    return {station_.state, owner};
  }

  bool is_over_after(Microseconds time) {
    clock_.advance(time);
    return beside_.is_over(clock_.now());
  }

  TemporaryFolder folder_;
  Station station_ = [this] {
    Station station;
    station.state = folder_.path();
    return station;
  }();
  ManualClock clock_;
  RunBeside beside_{station_, 7, kOwnPatience};
};

TEST_F(RunBesideTest, AWhileWithoutASchedulerIsNotItsEnd) {
  {
    const auto lock = drive(7);
    EXPECT_FALSE(is_over_after(2 * kOwnPatience));
  }
  EXPECT_FALSE(is_over_after(kOwnPatience));
  {
    const auto next = drive(0);  // which run it drives it does not know yet
    EXPECT_FALSE(is_over_after(2 * kOwnPatience));
  }
  EXPECT_FALSE(is_over_after(kOwnPatience));
  EXPECT_TRUE(is_over_after(Microseconds{1}));
}

TEST_F(RunBesideTest, NobodyWhoEverDroveItIsWaitedForAsLong) {
  EXPECT_FALSE(is_over_after(2 * kOwnPatience));
  EXPECT_FALSE(is_over_after(kOwnPatience));
  EXPECT_TRUE(is_over_after(Microseconds{1}));
}

TEST_F(RunBesideTest, AnotherRunIsItsEnd) {
  const auto lock = drive(8);

  EXPECT_TRUE(is_over_after(Microseconds{0}));
}

TEST_F(RunBesideTest, ItsSchedulerSaysThatItEnds) {
  auto lock = drive(7);
  EXPECT_FALSE(is_over_after(Microseconds{0}));

  say_that_it_ends(lock, 7);

  EXPECT_TRUE(is_over_after(Microseconds{0}));
}

TEST_F(RunBesideTest, WithoutARunThereIsNoEnd) {
  RunBeside alone{station_, 0, kOwnPatience};
  const auto lock = drive(8, true);

  EXPECT_FALSE(alone.is_over(clock_.now()));
}

}  // namespace
}  // namespace fat
