// [interlock NAME] of a station file.
#include <gmock/gmock.h>

#include "fat/plan/station_file.hpp"

namespace fat {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

DeviceCatalog bench_kinds() {
  const auto quantities = [](const DeviceEntry& /*device*/) {
    return std::vector<QuantityInfo>{
        {.name = "temperature", .unit = "K", .inputs = 3},
        {.name = "output", .unit = "", .inputs = 3, .settable = SettingRange{0, 1}},
        {.name = "setpoint", .unit = "V", .inputs = 3, .settable = SettingRange{0, 32}}};
  };
  return {{.name = "box", .quantities = quantities}};
}

constexpr const char* kBench =
    "[device box]\nkind = box\n"
    "[channel top]\ninstrument = box\nquantity = temperature 1\nperiod = 1 s\n"
    "[channel bottom]\ninstrument = box\nquantity = temperature 2\nperiod = 1 s\n"
    "[channel lid]\ninstrument = box\nquantity = temperature 3\nperiod = 1 s\n"
    "[channel heater]\ninstrument = box\nquantity = output 1\n"
    "[channel scaled]\ninstrument = box\nquantity = output 2\nunit = A\ncalibration = polynomial "
    "0, 2\n"
    "[channel bias]\ninstrument = box\nquantity = setpoint 1\n";

StationFile read_interlocks(const std::string& text) {
  return parse_station_file(kBench + text, "station.ini", "/bench", bench_kinds());
}

std::string interlock_problems(const std::string& keys) {
  std::string all;
  for (const auto& problem : read_interlocks("[interlock a]\n" + keys).problems) {
    all += to_text(problem) + '\n';
  }
  return all;
}

TEST(InterlockKeys, SayWhatTripsAndWhatIsDone) {
  const auto file = read_interlocks(
      "[interlock heating]\nchannels = top, bottom, lid\nvote = 2 of 3\ntrip = above 273 K\n"
      "reset = 268 K\nsettle = 5 s\ninvalid_after = 12 s\nlatching = no\naction = set\n"
      "set = heater off, bias 0 V\nconfirm_within = 3 s\nattempts = 5\n");

  EXPECT_THAT(file.problems, IsEmpty());
  ASSERT_THAT(file.station.interlocks, SizeIs(1));
  const auto& interlock = file.station.interlocks.front();
  EXPECT_EQ(interlock.name, "heating");
  EXPECT_THAT(interlock.channels, ElementsAre("top", "bottom", "lid"));
  EXPECT_EQ(interlock.vote, InterlockVote::TwoOfThree);
  ASSERT_TRUE(interlock.level);
  EXPECT_TRUE(interlock.level->above);
  EXPECT_EQ(interlock.level->trip, 273);
  EXPECT_EQ(interlock.level->reset, 268);
  EXPECT_EQ(interlock.settle, seconds{5});
  EXPECT_EQ(interlock.invalid_after, seconds{12});
  EXPECT_FALSE(interlock.latching);
  EXPECT_EQ(interlock.action, InterlockAction::Set);
  EXPECT_THAT(
      interlock.settings,
      ElementsAre(
          AllOf(Field(&ActuatorSetting::channel, "heater"), Field(&ActuatorSetting::value, 0)),
          AllOf(Field(&ActuatorSetting::channel, "bias"), Field(&ActuatorSetting::value, 0))));
  EXPECT_EQ(interlock.confirm_within, seconds{3});
  EXPECT_EQ(interlock.attempts, 5);
}

TEST(InterlockKeys, HaveDefaults) {
  const auto file = read_interlocks(
      "[interlock a]\nchannels = top\ntrip = below 80 K\naction = suspend run\n"
      "maximum_suspension = 30 min\n");

  EXPECT_THAT(file.problems, IsEmpty());
  const auto& interlock = file.station.interlocks.front();
  EXPECT_EQ(interlock.vote, InterlockVote::Any);
  ASSERT_TRUE(interlock.level);
  EXPECT_FALSE(interlock.level->above);
  EXPECT_EQ(interlock.level->reset, 80);
  EXPECT_EQ(interlock.settle, seconds{0});
  EXPECT_EQ(interlock.invalid_after, seconds{10});
  EXPECT_TRUE(interlock.latching);
  EXPECT_EQ(interlock.maximum_suspension, minutes{30});
}

TEST(InterlockKeys, WatchSilenceAloneWithoutALevel) {
  const auto file = read_interlocks("[interlock a]\nchannels = top\naction = warn\n");

  EXPECT_THAT(file.problems, IsEmpty());
  EXPECT_FALSE(file.station.interlocks.front().level);
}

TEST(InterlockKeys, AreAllReportedAtOnceWithTheirLines) {
  const auto problems = interlock_problems(
      "channels = topp, top, top\nvote = most\ntrip = 273 K\nsettle = 5\naction = explode\n"
      "limit = 3\n");

  EXPECT_THAT(problems,
              AllOf(HasSubstr("station.ini:27: 'channels' in [interlock a]: there is no [channel "
                              "topp]; did you mean 'top'?"),
                    HasSubstr("'top' is named twice"),
                    HasSubstr("station.ini:28: 'vote' in [interlock a]: 'most' is not"),
                    HasSubstr("station.ini:29: 'trip' in [interlock a]: '273 K' is not"),
                    HasSubstr("station.ini:30: 'settle'"),
                    HasSubstr("station.ini:31: 'action'"),
                    HasSubstr("station.ini:32: ")));
}

TEST(InterlockKeys, HaveToFitTheirChannels) {
  EXPECT_THAT(interlock_problems("channels = top, bias\ntrip = above 3 K\naction = warn\n"),
              HasSubstr("is in K, but bias is in V"));
  EXPECT_THAT(interlock_problems("channels = top, bottom\nvote = 2 of 3\naction = warn\n"),
              HasSubstr("needs three channels, not 2"));
  EXPECT_THAT(interlock_problems("channels = heater\naction = warn\n"),
              HasSubstr("heater is read every 10 s: 'invalid_after' has to be at least 20 s"));
  EXPECT_THAT(interlock_problems("channels = top\ntrip = above 3 K\nreset = 4 K\naction = warn\n"),
              HasSubstr("has to lie below the level at which it trips"));
  EXPECT_THAT(interlock_problems("channels = top\ntrip = below 3 K\nreset = 2 K\naction = warn\n"),
              HasSubstr("has to lie above the level at which it trips"));
  EXPECT_THAT(interlock_problems("channels = top\nreset = 2 K\nsettle = 2 s\naction = warn\n"),
              AllOf(HasSubstr("'reset' in [interlock a]: means nothing without 'trip'"),
                    HasSubstr("'settle' in [interlock a]: means nothing without 'trip'")));
}

TEST(InterlockKeys, SetOnlyWhatCanBeSetToWhatItCanBe) {
  const auto problems_of_set = [](const std::string& set) {
    return interlock_problems("channels = top\naction = set\nset = " + set + "\n");
  };

  EXPECT_EQ(problems_of_set("heater off, bias 1.5 V"), "");
  EXPECT_THAT(problems_of_set("top 3 K"), HasSubstr("top can only be read"));
  EXPECT_THAT(problems_of_set("scaled 0 A"), HasSubstr("it has a calibration"));
  EXPECT_THAT(problems_of_set("heater"), HasSubstr("heater is set to on, off or a number"));
  EXPECT_THAT(problems_of_set("bias off"), HasSubstr("bias is set to a value in V, not to 'off'"));
  EXPECT_THAT(problems_of_set("bias 3 kV"), HasSubstr("not to '3 kV'"));
  EXPECT_THAT(problems_of_set("bias 33 V"), HasSubstr("bias can be set from 0 to 32 V"));
  EXPECT_THAT(problems_of_set("heater off, heater on"), HasSubstr("'heater' is set twice"));
  EXPECT_THAT(problems_of_set("heatr off"), HasSubstr("did you mean 'heater'?"));
}

TEST(InterlockKeys, MeanNothingWithAnotherAction) {
  EXPECT_THAT(interlock_problems("channels = top\naction = set\n"), HasSubstr("lacks 'set'"));
  EXPECT_THAT(interlock_problems("channels = top\naction = warn\nset = heater off\nattempts = 3\n"
                                 "confirm_within = 1 s\nmaximum_suspension = 1 h\n"),
              AllOf(HasSubstr("'set' in [interlock a]: means nothing without 'action = set'"),
                    HasSubstr("'attempts' in"),
                    HasSubstr("'confirm_within' in"),
                    HasSubstr("'maximum_suspension' in")));
}

}  // namespace
}  // namespace fat
