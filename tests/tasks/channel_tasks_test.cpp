// Heaters that obey, one that is broken, sensors that fall silent: in no time at all.
#include <stdexcept>

#include <gmock/gmock.h>

#include "fakes/manual_clock.hpp"
#include "fat/tasks/catalog.hpp"
#include "tasks/fake_bench.hpp"
#include "tasks/fake_channels.hpp"

namespace fat {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ChannelTasks : public ::testing::Test {
 protected:
  /// With the task's own defaults for what is not given.
  TaskExit run(const std::string& name, std::map<std::string, std::string> arguments) {
    for (const auto& parameter : find_task(catalog(), name)->parameters) {
      if (!parameter.default_text.empty()) {
        arguments.try_emplace(parameter.name, parameter.default_text);
      }
    }
    return run_task(name,
                    {.bench = bench_,
                     .clock = clock_,
                     .reporter = reporter_,
                     .channels = &channels_,
                     .pause = [this](Microseconds time) { clock_.advance(time); },
                     .ask = {},
                     .backups = {},
                     .journal = {},
                     .run_file = {},
                     .folder = {},
                     .modules = {},
                     .arguments = std::move(arguments)});
  }

  std::string failure_of(const std::string& name, std::map<std::string, std::string> arguments) {
    try {
      run(name, std::move(arguments));
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "it succeeded";
  }

  std::string said() const {
    std::string all;
    for (const auto& one : reporter_.all<MessageReport>()) {
      all += one.level + ": " + one.text + "\n";
    }
    return all;
  }

  double minutes_passed() const {
    return std::chrono::duration<double>(clock_.now().boot - began_).count() / 60;
  }

  /// From 150 K, 4 K a minute.
  double plate() const { return 150 + (4 * minutes_passed()); }

  ManualClock clock_;
  Microseconds began_ = clock_.now().boot;
  FakeBench bench_;
  RecordingReporter reporter_;
  FakeChannels channels_;
};

TEST_F(ChannelTasks, SetOneAfterAnotherAndSeeWhatFollows) {
  channels_.shown["power"] = [this] {  // the supply needs its time
    return FakeChannels::valid(minutes_passed() < 0.1 ? 12 : 70.1, "W");
  };
  EXPECT_EQ(
      run("set_channel", {{"set", "voltage 32 V,  heater on"}, {"confirm", "power in [65, 75] W"}}),
      TaskExit::Done);

  EXPECT_THAT(channels_.settings, ElementsAre("voltage 32 V", "heater on"));
  EXPECT_THAT(said(), AllOf(HasSubstr("heater reads back on"), HasSubstr("power is 70.1 W")));
}

TEST_F(ChannelTasks, SetOtherwiseWhatCannotBeConfirmed) {
  channels_.shown["power"] = [] { return FakeChannels::valid(0, "W"); };
  channels_.refused = {"fan"};
  const auto why = failure_of("set_channel",
                              {{"set", "heater on"},
                               {"confirm", "power in [65, 75] W"},
                               {"within", "30 s"},
                               {"otherwise", "fan off, heater off"}});

  EXPECT_THAT(why, HasSubstr("not confirmed: power is 0 W, wanted [65, 75] W"));
  EXPECT_NEAR(minutes_passed(), 0.5, 0.05);
  EXPECT_THAT(channels_.settings, ElementsAre("heater on", "heater off"));
  EXPECT_THAT(said(), HasSubstr("critical: fan may not be off"));
}

TEST_F(ChannelTasks, LookThreeTimesHoweverShortTheTimeIs) {
  int looks = 0;
  channels_.shown["power"] = [&looks] { return FakeChannels::valid(++looks < 3 ? 0 : 70, "W"); };
  EXPECT_EQ(run("set_channel",
                {{"set", "heater on"}, {"confirm", "power in 70 +- 5 W"}, {"within", "0 s"}}),
            TaskExit::Done);
}

TEST_F(ChannelTasks, SetNothingBehindWhatWasRefused) {
  channels_.refused = {"voltage"};

  EXPECT_THAT(failure_of("set_channel", {{"set", "voltage 32 V, heater on"}}),
              HasSubstr("an interlock holds it"));
  EXPECT_THAT(channels_.settings, IsEmpty());
}

TEST_F(ChannelTasks, NeverTakeSilenceForAConfirmation) {
  channels_.shown["power"] = [] { return FakeChannels::silent("W"); };

  EXPECT_THAT(failure_of("set_channel", {{"set", "heater off"}, {"confirm", "power in [-1, 1] W"}}),
              HasSubstr("power is failed: no answer"));
}

TEST_F(ChannelTasks, WaitUntilEitherIsThereOrBoth) {
  channels_.shown["top"] = [this] { return FakeChannels::valid(plate(), "K"); };
  channels_.shown["bottom"] = [this] { return FakeChannels::valid(plate() - 8, "K"); };
  const std::map<std::string, std::string> both{{"until", "top in [190, ] K, bottom in [190, ] K"}};
  auto either = both;
  either["vote"] = "any";

  EXPECT_EQ(run("wait_for_channel", either), TaskExit::Done);
  EXPECT_NEAR(minutes_passed(), 10, 0.1);
  EXPECT_EQ(run("wait_for_channel", both), TaskExit::Done);
  EXPECT_NEAR(minutes_passed(), 12, 0.1);
  EXPECT_THAT(reporter_.all<ReadingReport>().front().name, "top");
  EXPECT_NEAR(reporter_.all<ProgressReport>().back().fraction, 1, 0.05);
}

TEST_F(ChannelTasks, WaitUntilItHasStayedThere) {
  channels_.shown["top"] = [this] {  // looks in for a minute
    return FakeChannels::valid(minutes_passed() < 1 ? 200 : plate(), "K");
  };
  EXPECT_EQ(run("wait_for_channel", {{"until", "top in [190, ] K"}, {"steady", "5 min"}}),
            TaskExit::Done);
  EXPECT_NEAR(minutes_passed(), 15, 0.2);
}

TEST_F(ChannelTasks, GiveUpWaitingForWhatIsSilentOrNeverComes) {
  channels_.shown["top"] = [] { return FakeChannels::valid(150, "K"); };
  channels_.shown["bottom"] = [] { return FakeChannels::silent("K"); };

  EXPECT_THAT(failure_of("wait_for_channel",
                         {{"until", "top in [190, ] K, bottom in [190, ] K"}, {"vote", "any"}}),
              AllOf(HasSubstr("nobody knows where it is for 5 min"),
                    HasSubstr("bottom is failed: no answer")));
  EXPECT_NEAR(minutes_passed(), 5, 0.2);
  EXPECT_THAT(failure_of("wait_for_channel", {{"until", "top in [190, ] K"}, {"limit", "1 h"}}),
              HasSubstr("after 1 h: top is 150 K, wanted [190, ] K"));
}

TEST_F(ChannelTasks, SayWhatTheyWereNotGiven) {
  EXPECT_THAT(failure_of("wait_for_channel", {{"until", "top above 3 K"}}),
              HasSubstr("it should be such as"));
  EXPECT_THAT(failure_of("set_channel", {{"set", "heater"}}), HasSubstr("it should be such as"));
  EXPECT_THAT(failure_of("wait_for_channel", {{"until", "none"}}), HasSubstr("names no channel"));
  EXPECT_THAT(failure_of("tell", {{"message", "open it"}, {"level", "loud"}}),
              HasSubstr("'info', 'warning' or 'critical'"));
}

TEST_F(ChannelTasks, TellPeople) {
  EXPECT_EQ(run("tell", {{"message", "it is safe to open"}}), TaskExit::Done);
  EXPECT_EQ(said(), "warning: it is safe to open\n");
}

}  // namespace
}  // namespace fat
