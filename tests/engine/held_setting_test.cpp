// An actuator that has to stay at a value: what it reads, and whether it was ordered.
#include "fat/engine/held_setting.hpp"

#include <gtest/gtest.h>

#include "fakes/manual_clock.hpp"

namespace fat {
namespace {

using std::chrono::seconds;

class Held : public testing::Test {
 protected:
  SettingNeed look(std::optional<double> value) {
    const Reading reading{.at = clock_.now(),
                          .value = value,
                          .state = value ? ReadingState::Ok : ReadingState::Failed,
                          .why = {}};
    return held_.look(reading, clock_.now());
  }

  /// Within 5 s, twice, before it gives alarm.
  static InterlockEntry interlock() {
    InterlockEntry entry;
    entry.confirm_within = seconds{5};
    entry.attempts = 2;
    return entry;
  }

  ManualClock clock_;
  HeldSetting held_{0, {"heater", 0}, interlock()};
};

TEST_F(Held, IsConfirmedByAReadingAfterTheOrderAlone) {
  EXPECT_EQ(look(0), SettingNeed::Order);  // what it read before proves nothing
  EXPECT_EQ(look(0), SettingNeed::Nothing);
  EXPECT_FALSE(held_.is_confirmed());

  clock_.advance(seconds{1});
  EXPECT_EQ(look(0), SettingNeed::Nothing);
  EXPECT_TRUE(held_.is_confirmed());
}

TEST_F(Held, ThatFallsSilentHasToConfirmAnewAndIsThenOrderedAgain) {
  look(0);
  clock_.advance(seconds{1});
  look(0);
  ASSERT_TRUE(held_.is_confirmed());
  clock_.advance(seconds{1});

  EXPECT_EQ(look({}), SettingNeed::Nothing);
  EXPECT_FALSE(held_.is_confirmed());
  clock_.advance(seconds{4});
  EXPECT_EQ(look({}), SettingNeed::Nothing);
  clock_.advance(seconds{1});
  EXPECT_EQ(look({}), SettingNeed::Order);
  clock_.advance(seconds{1});
  EXPECT_EQ(look(0), SettingNeed::Nothing);
  EXPECT_TRUE(held_.is_confirmed());
}

TEST_F(Held, ThatSomebodyChangesIsOrderedAtOnceAndGivesAlarmWhenItDoesNotHelp) {
  look(0);
  clock_.advance(seconds{1});
  look(0);
  clock_.advance(seconds{1});

  EXPECT_EQ(look(1), SettingNeed::Order);
  clock_.advance(seconds{5});
  EXPECT_EQ(look(1), SettingNeed::Order);
  clock_.advance(seconds{5});
  EXPECT_EQ(look(1), SettingNeed::OrderAndGiveAlarm);
  clock_.advance(seconds{5});
  EXPECT_EQ(look(1), SettingNeed::Order);  // for ever
}

}  // namespace
}  // namespace fat
