// What a person types -> what a channel is set to.
#include "fat/model/channel_setting.hpp"

#include <limits>

#include <gmock/gmock.h>

namespace fat {
namespace {

using testing::HasSubstr;

ChannelEntry heater() {
  ChannelEntry channel;
  channel.name = "heater";
  channel.settable = SettingRange{0, 1};
  return channel;
}

ChannelEntry bias() {
  ChannelEntry channel;
  channel.name = "bias";
  channel.unit = "V";
  channel.settable = SettingRange{-5, 32};
  return channel;
}

TEST(ChannelSettings, AreOnOffOrAValueWithItsUnit) {
  EXPECT_EQ(parse_channel_setting(heater(), "on").value, 1);
  EXPECT_EQ(parse_channel_setting(heater(), "off").value, 0);
  EXPECT_EQ(parse_channel_setting(heater(), "1").value, 1);
  EXPECT_EQ(parse_channel_setting(bias(), "-4.5 V").value, -4.5);
  EXPECT_EQ(parse_channel_setting(bias(), "12V").problem, "");
}

TEST(ChannelSettings, SayWhatIsWrong) {
  EXPECT_THAT(parse_channel_setting(bias(), "on").problem, HasSubstr("a value in V, not to 'on'"));
  EXPECT_THAT(parse_channel_setting(bias(), "12").problem, HasSubstr("not to '12'"));
  EXPECT_THAT(parse_channel_setting(bias(), "12 kV").problem, HasSubstr("not to '12 kV'"));
  EXPECT_THAT(parse_channel_setting(bias(), "33 V").problem, HasSubstr("from -5 to 32 V"));
  EXPECT_THAT(parse_channel_setting(heater(), "2").problem, HasSubstr("from 0 to 1"));
  EXPECT_THAT(parse_channel_setting(heater(), "").problem, HasSubstr("on, off or a number"));
  EXPECT_THAT(setting_problem(bias(), std::numeric_limits<double>::quiet_NaN()),
              HasSubstr("from -5 to 32 V"));
}

TEST(ChannelSettings, AreNoneOfAChannelThatIsOnlyReadOrIsCalibrated) {
  auto sensor = bias();
  sensor.settable.reset();
  auto scaled = bias();
  scaled.calibration = {.kind = CalibrationKind::Polynomial, .coefficients = {0, 2}};

  EXPECT_THAT(parse_channel_setting(sensor, "1 V").problem, HasSubstr("can only be read"));
  EXPECT_THAT(parse_channel_setting(scaled, "1 V").problem, HasSubstr("it has a calibration"));
}

TEST(ChannelSettings, AreShownAsPeopleSayThem) {
  EXPECT_EQ(shown_setting(heater(), 0), "off");
  EXPECT_EQ(shown_setting(heater(), 1), "on");
  EXPECT_EQ(shown_setting(bias(), 1), "1 V");
}

}  // namespace
}  // namespace fat
