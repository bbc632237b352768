// Delays on the boot clock, over the real kernel timer.
#include "runner/boot_timer.hpp"

#include <vector>

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fat {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class Timer : public testing::Test {
 protected:
  boost::asio::io_context loop_{1};
  std::vector<int> calls_;
};

TEST_F(Timer, CallsOnceEvenWhenTheMomentHasPassed) {
  BootTimer timer{loop_};
  timer.start(-1s, [&] { calls_.push_back(1); });
  EXPECT_THAT(calls_, ElementsAre());

  loop_.run_for(5s);  // returns when nothing is left to wait for

  EXPECT_THAT(calls_, ElementsAre(1));
}

TEST_F(Timer, ANewDelayReplacesTheOldOne) {
  BootTimer timer{loop_};
  timer.start(1ms, [&] { calls_.push_back(1); });

  timer.start(2ms, [&] { calls_.push_back(2); });
  loop_.run_for(5s);

  EXPECT_THAT(calls_, ElementsAre(2));
}

TEST_F(Timer, MayBeStartedAgainFromItsOwnCall) {
  BootTimer timer{loop_};
  timer.start(1ms, [&] {
    calls_.push_back(1);
    timer.start(1ms, [&] { calls_.push_back(2); });
  });

  loop_.run_for(5s);

  EXPECT_THAT(calls_, ElementsAre(1, 2));
}

TEST_F(Timer, RepeatsUntilCancelledFromItsOwnCall) {
  BootTimer timer{loop_};
  timer.repeat(1ms, [&] {
    calls_.push_back(1);
    if (calls_.size() == 3) {
      timer.cancel();
    }
  });

  loop_.run_for(5s);

  EXPECT_THAT(calls_, ElementsAre(1, 1, 1));
}

TEST_F(Timer, ACancelledTimerNeverCalls) {
  BootTimer timer{loop_}, later{loop_};
  timer.start(1ms, [&] { calls_.push_back(1); });
  later.start(20ms, [&] { loop_.stop(); });

  timer.cancel();
  loop_.run_for(5s);

  EXPECT_THAT(calls_, ElementsAre());
}

TEST_F(Timer, MayBeDestroyedInItsOwnCall) {
  auto timer = std::make_unique<BootTimer>(loop_);
  timer->repeat(1ms, [&] {
    calls_.push_back(1);
    timer.reset();
  });

  loop_.run_for(5s);

  EXPECT_THAT(calls_, ElementsAre(1));
}

TEST_F(Timer, NeverCallsAfterItsEnd) {
  std::make_unique<BootTimer>(loop_)->start(0s, [&] { calls_.push_back(1); });

  loop_.run_for(5s);

  EXPECT_THAT(calls_, ElementsAre());
}

}  // namespace
}  // namespace fat
