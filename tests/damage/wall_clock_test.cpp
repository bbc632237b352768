// The wall clock stepped by a day, and local time across a change of summer time -> what counts
// durations does not notice, what waits for a moment of the calendar follows it.
#include <cstdlib>
#include <ctime>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "engine/bench_run.hpp"
#include "fat/model/local_time.hpp"

namespace fat {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto kDay = 24h;

Step until(const std::string& when) {
  auto step = wait("until", "");
  step.arguments = {{.name = "until", .value = when}};
  return step;
}

/// By how much the wall clock is stepped in the middle of things.
class SteppedClock : public testing::TestWithParam<Microseconds> {};

INSTANTIATE_TEST_SUITE_P(ByADay,
                         SteppedClock,
                         testing::Values(Microseconds{-kDay}, Microseconds{kDay}));

TEST_P(SteppedClock, DoesNotChangeADuration) {
  BenchRun run{plan_of({wait("w", "90 min"), command("b")})};
  run.pass(30min);

  run.clock.step_wall(GetParam());
  run.pass(59min);
  EXPECT_THAT(run.running(), ElementsAre("w"));
  run.pass(1min);

  EXPECT_THAT(run.running(), ElementsAre("b"));
}

TEST_P(SteppedClock, DoesNotChangeTheDelayBeforeARetry) {
  auto step = command("a");
  step.attempts = 2;
  step.retry_delay = 10min;
  BenchRun run{plan_of({step})};
  run.errored("a");

  run.clock.step_wall(GetParam());
  run.pass(9min);
  EXPECT_THAT(run.running(), IsEmpty());
  run.pass(1min);

  EXPECT_THAT(run.running(), ElementsAre("a"));
}

TEST_P(SteppedClock, DoesNotChangeWhenTheSafeStateComesIntoAFailurePause) {
  auto plan = plan_of({command("a")});
  plan.safe_state = {command("off")};
  plan.safe_state.front().recovery = Recovery::Rerun;
  BenchRun run{plan};
  run.errored("a");

  run.clock.step_wall(GetParam());
  run.pass(14min);
  EXPECT_THAT(run.running(), IsEmpty());
  run.pass(1min);

  EXPECT_THAT(run.running(), ElementsAre("off"));
}

TEST_P(SteppedClock, DoesNotChangeADurationThatACrashInterrupted) {
  BenchRun run{plan_of({wait("w", "90 min"), command("b")})};
  run.pass(30min);
  run.tell(Noted{});

  run.clock.step_wall(GetParam());
  run.restart();
  run.pass(59min);
  EXPECT_THAT(run.running(), ElementsAre("w"));
  run.pass(1min);

  EXPECT_THAT(run.running(), ElementsAre("b"));
}

TEST_P(SteppedClock, NeverLengthensADurationOverAReboot) {
  BenchRun run{plan_of({wait("w", "90 min"), command("b")})};
  run.pass(30min);
  run.tell(Noted{});

  run.reboot();
  run.clock.step_wall(GetParam());
  run.resume();
  run.pass(60min);

  EXPECT_THAT(run.running(), ElementsAre("b"));
}

/// Local time of Berlin.
class SummerTime : public testing::Test {
 public:
  SummerTime() { set_zone("Europe/Berlin"); }

  ~SummerTime() override {
    ::unsetenv("TZ");
    ::tzset();
  }

  SummerTime(const SummerTime&) = delete;
  SummerTime& operator=(const SummerTime&) = delete;

 protected:
  static void set_zone(const char* name) {
    ::setenv("TZ", name, 1);
    ::tzset();
  }

  static WallTime utc(int month, int day, std::chrono::minutes of_day) {
    using namespace std::chrono;
    return sys_days{year{2026} / month / day} + of_day;
  }

  /// How long a run waits that begins at `now`.
  static std::optional<Microseconds> wait_from(WallTime now, const std::string& when) {
    BenchRun run{plan_of({command("a"), until(when), command("b")})};
    run.clock.set_wall(now);
    run.done("a");
    return run.summary().open.at(0).remaining;
  }
};

TEST_F(SummerTime, MakesTheNightOfSpringAnHourShorter) {
  // 28 March 23:00 local is 22:00 UTC; 29 March 06:00 local is 04:00 UTC.
  EXPECT_EQ(parse_local_time("2026-03-28 23:00"), utc(3, 28, 22h));
  EXPECT_EQ(parse_local_time("2026-03-29 06:00"), utc(3, 29, 4h));
  EXPECT_EQ(wait_from(utc(3, 28, 22h), "2026-03-29 06:00"), 6h);
}

TEST_F(SummerTime, MakesTheNightOfAutumnAnHourLonger) {
  // 24 October 23:00 local is 21:00 UTC; 25 October 06:00 local is 05:00 UTC.
  EXPECT_EQ(wait_from(utc(10, 24, 21h), "2026-10-25 06:00"), 8h);
}

TEST_F(SummerTime, KnowsAMomentForTheHourThatIsThereTwice) {
  const auto when = parse_local_time("2026-10-25 02:30");

  EXPECT_THAT(when, testing::AnyOf(utc(10, 25, 30min), utc(10, 25, 90min)));
}

TEST_F(SummerTime, KnowsAMomentWithinTheHourForTheOneThatIsNotThere) {
  const auto when = parse_local_time("2026-03-29 02:30");

  ASSERT_TRUE(when);
  EXPECT_GE(*when, utc(3, 29, 30min));
  EXPECT_LE(*when, utc(3, 29, 90min));
}

TEST_F(SummerTime, DoesNotChangeADuration) {
  BenchRun run{plan_of({command("a"), wait("w", "8 h"), command("b")})};
  run.clock.set_wall(utc(10, 24, 21h));
  run.done("a");
  run.pass(8h - 1min);
  EXPECT_THAT(run.running(), ElementsAre("w"));
  run.pass(1min);

  EXPECT_THAT(run.running(), ElementsAre("b"));
}

}  // namespace
}  // namespace fat
