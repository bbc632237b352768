// What instruments answered, as time passes.
#include "fat/engine/channel_readings.hpp"

#include <limits>

#include <gmock/gmock.h>

#include "fakes/manual_clock.hpp"

namespace fat {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

ChannelEntry top_plate() {
  return {.name = "top_plate",
          .instrument = "thermometer",
          .source = {"temperature", 1},
          .unit = "K",
          .lowest = 70,
          .highest = 330,
          .maximum_age = seconds{10},
          .dead_band = 0.5,
          .calibration = {.kind = CalibrationKind::Polynomial, .coefficients = {273.15, 1}}};
}

RawReading raw_answer(double value) {
  return {value, {}};
}

TEST(ChannelReadings, ShowWhatAnInstrumentAnsweredInTheChannelsUnit) {
  const ManualClock clock;
  ChannelReadings readings{{top_plate()}};

  readings.take(0, raw_answer(20), clock.now());

  const auto reading = readings.reading(0, clock.now());
  EXPECT_TRUE(reading.is_valid());
  EXPECT_DOUBLE_EQ(reading.value.value_or(0), 293.15);
}

TEST(ChannelReadings, HaveNoValueBeforeAnythingWasRead) {
  const ManualClock clock;
  const ChannelReadings readings{{top_plate()}};

  EXPECT_EQ(readings.reading(0, clock.now()).state, ReadingState::None);
  EXPECT_FALSE(readings.reading(0, clock.now()).value);
}

TEST(ChannelReadings, HaveNoValueWhenTheInstrumentFailed) {
  const ManualClock clock;
  ChannelReadings readings{{top_plate()}};
  readings.take(0, raw_answer(20), clock.now());

  readings.take(0, {{}, "thermometer: no whole frame came"}, clock.now());

  const auto reading = readings.reading(0, clock.now());
  EXPECT_EQ(reading.state, ReadingState::Failed);
  EXPECT_FALSE(reading.value);
  EXPECT_EQ(reading.why, "thermometer: no whole frame came");
}

TEST(ChannelReadings, DoNotBelieveWhatIsBeyondTheRange) {
  const ManualClock clock;
  ChannelReadings readings{{top_plate()}};

  for (const double celsius : {-273.15, 60.0, std::numeric_limits<double>::infinity()}) {
    readings.take(0, raw_answer(celsius), clock.now());
    EXPECT_FALSE(readings.reading(0, clock.now()).is_valid()) << celsius;
    EXPECT_FALSE(readings.reading(0, clock.now()).value) << celsius;
  }
  readings.take(0, raw_answer(-273.15), clock.now());
  EXPECT_THAT(readings.reading(0, clock.now()).why, HasSubstr("0 K is not within [70, 330] K"));
}

TEST(ChannelReadings, AreNotBelievedWhenTheyAreOld) {
  ManualClock clock;
  ChannelReadings readings{{top_plate()}};
  readings.take(0, raw_answer(20), clock.now());

  clock.advance(seconds{10});
  EXPECT_TRUE(readings.reading(0, clock.now()).is_valid());
  clock.step_wall(seconds{-3600});  // the boot clock counts
  clock.advance(seconds{1});

  const auto reading = readings.reading(0, clock.now());
  EXPECT_EQ(reading.state, ReadingState::Stale);
  EXPECT_FALSE(reading.value);
  EXPECT_THAT(reading.why, HasSubstr("11 s ago: 293.15 K"));
}

TEST(ChannelReadings, AreNewsBeyondTheDeadBandOrInAnotherState) {
  const ManualClock clock;
  ChannelReadings readings{{top_plate()}};

  EXPECT_TRUE(readings.take(0, raw_answer(20), clock.now()));
  EXPECT_FALSE(readings.take(0, raw_answer(20.3), clock.now()));
  EXPECT_TRUE(readings.take(0, raw_answer(20.6), clock.now()));  // since 20, not since 20.3
  EXPECT_TRUE(readings.take(0, {{}, "silent"}, clock.now()));
  EXPECT_FALSE(readings.take(0, {{}, "silent"}, clock.now()));
  EXPECT_TRUE(readings.take(0, raw_answer(20.6), clock.now()));
}

}  // namespace
}  // namespace fat
