#include "fat/model/quiet_hours.hpp"

#include <cstdlib>
#include <ctime>

#include <gtest/gtest.h>

namespace fat {

namespace {

/// 2026-11-21, so many minutes after midnight UTC.
WallTime at(int minute) {
  return WallTime{std::chrono::seconds{1795219200} + std::chrono::minutes{minute}};
}

void set_zone(const char* zone) {
  setenv("TZ", zone, 1);
  tzset();
}

TEST(QuietHours, GoOverMidnight) {
  set_zone("UTC");
  const auto quiet = *parse_quiet_hours("22:00 - 07:30");

  EXPECT_EQ(to_text(quiet), "22:00-07:30");
  EXPECT_TRUE(is_quiet(quiet, at(22 * 60)));
  EXPECT_TRUE(is_quiet(quiet, at(0)));
  EXPECT_TRUE(is_quiet(quiet, at((7 * 60) + 29)));
  EXPECT_FALSE(is_quiet(quiet, at((7 * 60) + 30)));
  EXPECT_FALSE(is_quiet(quiet, at((21 * 60) + 59)));
}

TEST(QuietHours, LieWithinADay) {
  set_zone("UTC");
  const auto quiet = *parse_quiet_hours("12:00-13:00");

  EXPECT_TRUE(is_quiet(quiet, at((12 * 60) + 5)));
  EXPECT_FALSE(is_quiet(quiet, at(13 * 60)));
}

TEST(QuietHours, AreThoseOfTheStationsZone) {
  set_zone("Asia/Tokyo");
  const auto quiet = *parse_quiet_hours("22:00-07:00");

  EXPECT_TRUE(is_quiet(quiet, at(14 * 60)));   // 23:00 there
  EXPECT_FALSE(is_quiet(quiet, at(23 * 60)));  // 08:00 there
  set_zone("UTC");
}

TEST(QuietHours, AreTwoTimesOfDay) {
  for (const char* text : {"", "22:00", "22-7", "24:00-07:00", "22:60-07:00", "22:00-07:00:00"}) {
    EXPECT_FALSE(parse_quiet_hours(text)) << text;
  }
}

}  // namespace

}  // namespace fat
