// A freezer that obeys, one that does not, and one that nobody hears: in no time at all.
#include <cmath>
#include <stdexcept>

#include <gmock/gmock.h>

#include "fakes/manual_clock.hpp"
#include "fat/tasks/catalog.hpp"
#include "tasks/fake_bench.hpp"
#include "tasks/fake_instruments.hpp"

namespace fat {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class SetTemperature : public ::testing::Test {
 protected:
  TaskExit run(const std::string& name, std::map<std::string, std::string> arguments) {
    return run_task(name, context_for(std::move(arguments)));
  }

  TaskExit verify(const std::string& name, std::map<std::string, std::string> arguments) {
    return verify_task(name, context_for(std::move(arguments)));
  }

  TaskContext context_for(std::map<std::string, std::string> arguments) {
    arguments.try_emplace("freezer", "freezer");
    arguments.try_emplace("tolerance", "1 degC");
    arguments.try_emplace("steady", "10 min");
    arguments.try_emplace("limit", "12 h");
    return {.bench = bench_,
            .clock = clock_,
            .reporter = reporter_,
            .instruments = &instruments_,
            .pause = [this](Microseconds time) { clock_.advance(time); },
            .ask = {},
            .backups = {},
            .journal = {},
            .run_file = {},
            .folder = {},
            .modules = {},
            .arguments = std::move(arguments)};
  }

  std::string failure_of(const std::string& name, std::map<std::string, std::string> arguments) {
    try {
      run(name, std::move(arguments));
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "it succeeded";
  }

  double minutes_passed() const {
    return std::chrono::duration<double>(clock_.now().boot - began_).count() / 60;
  }

  /// From room temperature to what is asked for, with a time constant of half an hour.
  double air() const {
    const double goal = instruments_.target.value_or(20);
    return goal + ((20 - goal) * std::exp(-minutes_passed() / 30));
  }

  ManualClock clock_;
  Microseconds began_ = clock_.now().boot;
  FakeBench bench_;
  RecordingReporter reporter_;
  FakeInstruments instruments_;
};

TEST_F(SetTemperature, IsDoneWhenTheAirHasBeenThereForAWhile) {
  instruments_.temperature = [this] { return air(); };

  EXPECT_EQ(run("set_temperature", {{"target", "-40 degC"}}), TaskExit::Done);

  EXPECT_EQ(instruments_.target, -40);
  // ln(60) time constants until 1 degC is left, and the ten minutes.
  EXPECT_NEAR(minutes_passed(), (30 * std::log(60)) + 10, 0.5);
  const auto readings = reporter_.all<ReadingReport>();
  EXPECT_NEAR(readings.back().value, -39.3, 0.1);
  EXPECT_EQ(readings.back().unit, "degC");
}

TEST_F(SetTemperature, CanBeAskedWhetherItIsThere) {
  double celsius = 20;
  instruments_.temperature = [&] { return celsius; };
  const std::map<std::string, std::string> cold{{"target", "-40 degC"}};
  EXPECT_EQ(verify("set_temperature", cold), TaskExit::Errored);
  EXPECT_EQ(instruments_.target, std::nullopt);  // nothing was moved

  celsius = -39.5;
  instruments_.target = -40;
  EXPECT_EQ(verify("set_temperature", cold), TaskExit::Done);
  EXPECT_EQ(verify("dummy_wrapper", {{"fcurrent", "20"}, {"fdelta", "-60"}}), TaskExit::Done);

  instruments_.target = -60;  // it only passes by
  EXPECT_EQ(verify("set_temperature", cold), TaskExit::Errored);

  instruments_.temperature = []() -> double {
    throw DeviceError{DeviceFault::Timeout, "freezer", "silent"};
  };
  EXPECT_THROW(verify("set_temperature", cold), DeviceError);
}

TEST_F(SetTemperature, CountsFromTheLastTimeItWasOutside) {
  instruments_.temperature = [this] {
    return minutes_passed() < 5 || minutes_passed() > 6 ? -40.0 : -35.0;
  };

  run("set_temperature", {{"target", "-40 degC"}});

  EXPECT_NEAR(minutes_passed(), 16, 0.5);
}

TEST_F(SetTemperature, FailsAfterTheLimitAndSaysWhatToLookAt) {
  instruments_.temperature = [] { return -12.3; };

  EXPECT_THAT(
      failure_of("set_temperature", {{"target", "-40 degC"}, {"limit", "2 h"}}),
      AllOf(HasSubstr("-12.3 degC after 120 min, not -40.0 +- 1.0 degC"), HasSubstr("door")));
  EXPECT_NEAR(minutes_passed(), 120, 1);
}

TEST_F(SetTemperature, GoesOnAfterAShortSilenceAndSaysSo) {
  instruments_.temperature = [this] {
    if (minutes_passed() > 2 && minutes_passed() < 4) {
      throw DeviceError{DeviceFault::Timeout, "thermometer", "silent"};
    }
    return -40.0;
  };

  EXPECT_EQ(run("set_temperature", {{"target", "-40 degC"}}), TaskExit::Done);

  EXPECT_NEAR(minutes_passed(), 14, 0.6);  // nobody knows what was in between
  EXPECT_FALSE(reporter_.all<MessageReport>().empty());
}

TEST_F(SetTemperature, DoesNotWaitForAThermometerThatStaysSilent) {
  instruments_.temperature = []() -> double {
    throw DeviceError{DeviceFault::Timeout, "thermometer", "silent"};
  };

  EXPECT_THAT(failure_of("set_temperature", {{"target", "-40 degC"}}),
              HasSubstr("nobody knows how cold"));
  EXPECT_NEAR(minutes_passed(), 5, 0.5);
}

TEST_F(SetTemperature, TakesTheOriginalsCallAsAnAbsoluteTarget) {
  instruments_.temperature = [] { return -20.0; };

  EXPECT_EQ(run("dummy_wrapper", {{"fcurrent", "-40"}, {"fdelta", "20"}}), TaskExit::Done);

  EXPECT_EQ(instruments_.target, -20);
}

TEST_F(SetTemperature, DisablesTheLaserOrFails) {
  EXPECT_EQ(run("disable_laser", {{"generator", "generator"}}), TaskExit::Done);
  EXPECT_FALSE(instruments_.laser_on);

  instruments_.generator_fault = DeviceFault::Timeout;
  EXPECT_THROW(run("disable_laser", {{"generator", "generator"}}), DeviceError);
}

}  // namespace
}  // namespace fat
