// A station on a fast virtual bench.
#include "cli/hasty_bench.hpp"

#include <gtest/gtest.h>

namespace fat {
namespace {

using namespace std::chrono_literals;

Station guarded_station() {
  ChannelEntry slow;
  slow.period = 60s;
  slow.maximum_age = 10min;
  ChannelEntry quick;
  quick.period = 50ms;
  quick.maximum_age = 150ms;
  InterlockEntry interlock;
  interlock.settle = 1min;
  interlock.invalid_after = 10min;
  interlock.confirm_within = 5s;
  interlock.maximum_suspension = 1h;
  Station station;
  station.channels = {slow, quick};
  station.interlocks = {interlock};
  return station;
}

TEST(HastyBench, IsReadAndJudgedSoMuchFasterAndConfirmedAsBefore) {
  const auto hasty = hasty_bench(guarded_station(), 60);

  EXPECT_EQ(hasty.channels[0].period, 1s);
  EXPECT_EQ(hasty.channels[0].maximum_age, 10s);
  EXPECT_EQ(hasty.interlocks[0].settle, 1s);
  EXPECT_EQ(hasty.interlocks[0].invalid_after, 10s);
  EXPECT_EQ(hasty.interlocks[0].maximum_suspension, 1min);
  EXPECT_EQ(hasty.interlocks[0].confirm_within, 5s);
}

TEST(HastyBench, AsksNoWireForMoreThanItCanDo) {
  const auto hasty = hasty_bench(guarded_station(), 4000);

  EXPECT_EQ(hasty.channels[0].period, 100ms);
  EXPECT_EQ(hasty.channels[0].maximum_age, 4s);
  EXPECT_EQ(hasty.channels[1].period, 50ms);  // never slower than it was
  EXPECT_EQ(hasty.channels[1].maximum_age, 150ms);
  EXPECT_EQ(hasty.interlocks[0].invalid_after, 4s);
}

TEST(HastyBench, IsTheSameAtTheSpeedOfARealOne) {
  const auto same = hasty_bench(guarded_station(), 1);

  EXPECT_EQ(same.channels[0].period, 60s);
  EXPECT_EQ(same.interlocks[0].settle, 1min);
}

}  // namespace
}  // namespace fat
