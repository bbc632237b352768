// Durations over reboots and stepped clocks, and the texts of times.
#include "fat/model/instant.hpp"

#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "fakes/manual_clock.hpp"
#include "fat/model/eta.hpp"
#include "fat/model/local_time.hpp"

namespace fat {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

WallTime at(Microseconds since_1970) {
  return WallTime{since_1970};
}

/// TZ of this process, put back at the end.
class InZone {
 public:
  explicit InZone(const char* zone) { set(zone); }

  ~InZone() { set("UTC"); }

  InZone(const InZone&) = delete;
  InZone& operator=(const InZone&) = delete;

 private:
  static void set(const char* zone) {
    setenv("TZ", zone, 1);
    tzset();
  }
};

}  // namespace

TEST(TimeLeft, FollowsTheBootClockWithinOneBoot) {
  ManualClock clock;
  const auto start = clock.now();
  clock.advance(minutes{20});
  clock.step_wall(hours{5});

  EXPECT_EQ(time_left(start, hours{1}, start, clock.now()), minutes{40});
}

TEST(TimeLeft, IsNeverNegativeAndNeverMoreThanTheLength) {
  ManualClock clock;
  const auto start = clock.now();
  clock.advance(hours{2});
  auto before = start;
  before.boot -= minutes{1};

  EXPECT_EQ(time_left(start, hours{1}, start, clock.now()), Microseconds{0});
  EXPECT_EQ(time_left(start, hours{1}, start, before), hours{1});
}

TEST(TimeLeft, CountsTheTimeSwitchedOffAfterAReboot) {
  ManualClock clock;
  const auto start = clock.now();
  clock.advance(minutes{20});
  const auto last_seen = clock.now();
  clock.reboot("boot-2", minutes{10});

  EXPECT_EQ(time_left(start, hours{1}, last_seen, clock.now()), minutes{30});
}

TEST(TimeLeft, IsNotLengthenedByAClockThatWentBackOverAReboot) {
  ManualClock clock;
  const auto start = clock.now();
  clock.advance(minutes{20});
  const auto last_seen = clock.now();
  clock.reboot("boot-2");
  clock.set_wall(at(Microseconds{0}));

  EXPECT_EQ(time_left(start, hours{1}, last_seen, clock.now()), minutes{40});
}

TEST(TimeLeft, IsNotShortenedByAClockThatWasSetBeforeTheReboot) {
  ManualClock clock;
  clock.set_wall(at(Microseconds{0}));
  const auto start = clock.now();
  clock.advance(minutes{20});
  clock.step_wall(days{20'000});
  const auto last_seen = clock.now();
  clock.reboot("boot-2", minutes{10});

  EXPECT_EQ(time_left(start, hours{1}, last_seen, clock.now()), minutes{30});
}

TEST(TimeLeft, FollowsTheWallClockOverTwoReboots) {
  ManualClock clock;
  const auto start = clock.now();
  clock.reboot("boot-2", minutes{10});
  clock.advance(minutes{5});
  const auto last_seen = clock.now();
  clock.reboot("boot-3", minutes{10});

  EXPECT_EQ(time_left(start, hours{1}, last_seen, clock.now()), minutes{35});
}

TEST(Elapsed, IsOfTheBootClockWithinABootAndOfTheWallClockOtherwise) {
  ManualClock clock;
  const auto start = clock.now();
  clock.advance(minutes{1});
  clock.step_wall(hours{1});
  const auto same_boot = clock.now();
  clock.reboot("boot-2", minutes{1});

  EXPECT_EQ(elapsed(start, same_boot), minutes{1});
  EXPECT_EQ(elapsed(start, clock.now()), hours{1} + minutes{2});
  EXPECT_EQ(elapsed(clock.now(), start), Microseconds{0});
}

TEST(IsoUtc, ShowsMicroseconds) {
  EXPECT_EQ(to_iso_utc(at(seconds{1795227602} + Microseconds{123456})),
            "2026-11-21T02:20:02.123456Z");
  EXPECT_EQ(to_iso_utc(at(Microseconds{-1})), "1969-12-31T23:59:59.999999Z");
}

TEST(IsoUtc, SurvivesTheEndsOfTime) {
  EXPECT_FALSE(to_iso_utc(WallTime::max()).empty());
  EXPECT_FALSE(to_iso_utc(WallTime::min()).empty());
  EXPECT_FALSE(to_local_text(WallTime::max()).empty());
  EXPECT_FALSE(to_text(Microseconds::min()).empty());
  EXPECT_FALSE(to_text(Microseconds::max()).empty());
}

TEST(LocalText, IsInTheZoneOfTheProcessWithItsOffset) {
  const InZone zone{"CET-1"};

  EXPECT_EQ(to_local_text(at(seconds{1795227602})), "2026-11-21 03:20:02 +0100");
}

TEST(DurationText, HasTwoUnitsAtMost) {
  EXPECT_EQ(to_text(Microseconds{0}), "0 us");
  EXPECT_EQ(to_text(Microseconds{250}), "250 us");
  EXPECT_EQ(to_text(milliseconds{250}), "250 ms");
  EXPECT_EQ(to_text(seconds{12}), "12 s");
  EXPECT_EQ(to_text(milliseconds{12'340}), "12.3 s");
  EXPECT_EQ(to_text(seconds{90}), "1 min 30 s");
  EXPECT_EQ(to_text(minutes{90}), "1 h 30 min");
  EXPECT_EQ(to_text(hours{1}), "1 h");
  EXPECT_EQ(to_text(hours{76}), "3 d 4 h");
  EXPECT_EQ(to_text(-minutes{5}), "-5 min");
}

TEST(DurationText, RoundsIntoTheNextUnit) {
  EXPECT_EQ(to_text(Microseconds{999'999}), "1 s");
  EXPECT_EQ(to_text(milliseconds{59'990}), "1 min");
  EXPECT_EQ(to_text(minutes{60} - milliseconds{100}), "1 h");
  EXPECT_EQ(to_text(hours{24} - seconds{10}), "1 d");
  EXPECT_EQ(to_text(days{3} - minutes{10}), "3 d");
}

TEST(ParseLocalTime, TakesOnlyDaysThatThereAre) {
  const InZone zone{"CET-1"};

  EXPECT_EQ(parse_local_time("2026-11-21 03:20:02"), at(seconds{1795227602}));
  for (const auto* const none : {"2026-02-30 10:00",
                                 "2026-13-01 10:00",
                                 "2026-11-21",
                                 "2026-11-21 25:00",
                                 "2026-11-21 10:00 x",
                                 "tomorrow"}) {
    EXPECT_EQ(parse_local_time(none), std::nullopt) << none;
  }
}

TEST(EtaTexts, AreEmptyWhenTheRunHasEnded) {
  const Eta eta{.asked = at(seconds{1795227602})};

  EXPECT_EQ(end_text(eta), "");
  EXPECT_EQ(person_text(eta), "");
  EXPECT_EQ(after_answer_text(eta), "");
}

}  // namespace fat
