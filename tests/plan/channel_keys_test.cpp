// [channel NAME] of a station file.
#include <fstream>

#include <gmock/gmock.h>

#include "fat/plan/station_file.hpp"
#include "sim/temp_folder.hpp"

namespace fat {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// The same whatever station.ini says, but for `channels`.
TellQuantities always(std::vector<QuantityInfo> all) {
  return [all = std::move(all)](const DeviceEntry& device) {
    auto told = all;
    if (const auto channels = device.parameters.find("channels");
        channels != device.parameters.end()) {
      told.front().inputs = std::stoi(channels->second);
    }
    return told;
  };
}

const DeviceCatalog& some_kinds() {
  static const DeviceCatalog kinds{
      {.name = "lutron", .quantities = always({{"temperature", "degC", 4}})},
      {.name = "adc", .quantities = always({{"resistance", "ohm", 2}, {"switch", "", 1}})},
      {.name = "board"},
      {.name = "many",
       .parameters = {{.name = "channels", .type = ParameterType::Integer}},
       .quantities = always({{"voltage", "V", 4}})}};
  return kinds;
}

constexpr const char* kDevices =
    "[device thermometer]\nkind = lutron\n[device bridge]\nkind = adc\n[device top]\nkind = "
    "board\n";

StationFile read_channels(const std::string& text, const std::string& folder = "/bench") {
  return parse_station_file(kDevices + text, "station.ini", folder, some_kinds());
}

std::string channel_problems(const std::string& keys) {
  std::string all;
  for (const auto& problem : read_channels("[channel a]\n" + keys).problems) {
    all += to_text(problem) + '\n';
  }
  return all;
}

TEST(ChannelKeys, SayWhatIsReadAndWhatMayBeBelieved) {
  const auto file = read_channels(
      "[channel top_plate]\ninstrument = thermometer\nquantity = temperature 2\nunit = K\n"
      "period = 2 s\nvalid = [70, 330] K\nmaximum_age = 5 s\ndead_band = 0.1 K\n"
      "calibration = polynomial 273.15, 1\n");

  EXPECT_THAT(file.problems, IsEmpty());
  ASSERT_THAT(file.station.channels, SizeIs(1));
  const auto& channel = file.station.channels.front();
  EXPECT_EQ(channel.name, "top_plate");
  EXPECT_EQ(channel.instrument, "thermometer");
  EXPECT_EQ(channel.source, (QuantityName{"temperature", 2}));
  EXPECT_EQ(channel.unit, "K");
  EXPECT_EQ(channel.period, seconds{2});
  EXPECT_EQ(channel.lowest, 70);
  EXPECT_EQ(channel.highest, 330);
  EXPECT_EQ(channel.maximum_age, seconds{5});
  EXPECT_EQ(channel.dead_band, 0.1);
  EXPECT_THAT(channel.calibration.coefficients, ElementsAre(273.15, 1));
}

// A table of the standard gives degC: read as K, freezing would be -0.15 "K", colder than cold.
TEST(ChannelKeys, GiveKelvinOfAPt100WhereTheChannelIsInKelvin) {
  const auto zero_of = [](const std::string& unit) {
    const auto file = read_channels(
        "[channel a]\ninstrument = bridge\nquantity = resistance\ncalibration = table pt100\nunit "
        "= " +
        unit + "\n");
    EXPECT_THAT(file.problems, IsEmpty());
    return Calibrator{file.station.channels.at(0).calibration}(100).value_or(-1);
  };
  EXPECT_NEAR(zero_of("degC"), 0, 1e-9);
  EXPECT_NEAR(zero_of("K"), 273.15, 1e-9);
  EXPECT_THAT(channel_problems("instrument = bridge\nquantity = resistance\ncalibration = table  "
                               "pt1000\nunit = V\n"),
              HasSubstr("gives degC, or K"));
}

TEST(ChannelKeys, HaveDefaults) {
  const auto file = read_channels(
      "[channel a]\ninstrument = thermometer\nquantity = temperature\nperiod = 4 s\n");

  EXPECT_THAT(file.problems, IsEmpty());
  const auto& channel = file.station.channels.front();
  EXPECT_EQ(channel.source, (QuantityName{"temperature", 1}));
  EXPECT_EQ(channel.unit, "degC");
  EXPECT_EQ(channel.maximum_age, seconds{12});
  EXPECT_FALSE(channel.lowest);
}

// What is watched may change while a run goes on.
TEST(ChannelKeys, AreNoDrift) {
  const auto settings =
      read_channels("[channel a]\ninstrument = thermometer\nquantity = temperature\n").settings;

  for (const auto& setting : settings) {
    EXPECT_THAT(setting.name, HasSubstr("[device ")) << setting.name;
  }
}

TEST(ChannelKeys, NameAnInstrumentThatIsThereAndSomethingItHas) {
  EXPECT_THAT(channel_problems(""),
              AllOf(HasSubstr("lacks 'instrument'"), HasSubstr("lacks 'quantity'")));
  EXPECT_THAT(channel_problems("instrument = thermometr\nquantity = temperature\n"),
              HasSubstr("station.ini:8: 'instrument' in [channel a]: there is no [device "
                        "thermometr]; did you mean 'thermometer'?"));
  EXPECT_THAT(channel_problems("instrument = thermometer\nquantity = temprature\n"),
              HasSubstr("lutron has no 'temprature'; did you mean 'temperature'?; it has: "
                        "temperature"));
  EXPECT_THAT(channel_problems("instrument = thermometer\nquantity = temperature 5\n"),
              HasSubstr("lutron has temperature 1 to 4"));
  EXPECT_THAT(channel_problems("instrument = top\nquantity = temperature\n"),
              HasSubstr("it has: nothing to read"));
  EXPECT_THAT(channel_problems("instrument = thermometer\nquantity = a b c\n"),
              HasSubstr("such as 'temperature 2'"));
}

TEST(ChannelKeys, KnowAnInstrumentThatHasMoreChannelsThanOthersOfItsKind) {
  const std::string eight =
      "[device hv]\nkind = many\nchannels = 8\n[channel a]\ninstrument = hv\n";

  EXPECT_THAT(read_channels(eight + "quantity = voltage 8\n").problems, IsEmpty());
  EXPECT_THAT(read_channels(eight + "quantity = voltage 9\n").problems, SizeIs(1));
}

TEST(ChannelKeys, NeverChangeAUnitSilently) {
  const std::string temperature = "instrument = thermometer\nquantity = temperature\n";
  EXPECT_THAT(channel_problems(temperature + "unit = K\n"),
              HasSubstr("the instrument gives degC; another unit needs a 'calibration'"));
  EXPECT_THAT(channel_problems(temperature + "calibration = polynomial 273.15, 1\n"),
              HasSubstr("lacks 'unit'"));
  EXPECT_THAT(channel_problems(temperature + "valid = [70, 330]\n"), HasSubstr("[70, 330] degC"));
  EXPECT_THAT(channel_problems(temperature + "valid = [70, 330] K\n"), HasSubstr("[70, 330] degC"));
  EXPECT_THAT(channel_problems(temperature + "dead_band = 0.1\n"), HasSubstr("'0.1 degC'"));
  EXPECT_THAT(channel_problems("instrument = bridge\nquantity = switch\ndead_band = 0.5\n"),
              IsEmpty());
}

TEST(ChannelKeys, RefuseTimesThatCannotBe) {
  const std::string temperature = "instrument = thermometer\nquantity = temperature\n";
  EXPECT_THAT(channel_problems(temperature + "period = 5\n"), HasSubstr("such as '5 s'"));
  EXPECT_THAT(channel_problems(temperature + "period = 1 ms\n"), HasSubstr("from 50 ms"));
  EXPECT_THAT(channel_problems(temperature + "period = 5 s\nmaximum_age = 3 s\n"),
              HasSubstr("too old before the next one comes"));
  EXPECT_THAT(channel_problems(temperature + "perod = 5 s\n"), HasSubstr("did you mean 'period'?"));
}

TEST(ChannelKeys, SayWhetherTheirInstrumentMayBeLentAllTheSame) {
  const std::string keys = "instrument = thermometer\nquantity = temperature 2\nmay_be_lent = ";

  EXPECT_TRUE(read_channels("[channel a]\n" + keys + "yes\n").station.channels.front().may_be_lent);
  EXPECT_FALSE(read_channels("[channel a]\n" + keys + "no\n").station.channels.front().may_be_lent);
  EXPECT_THAT(channel_problems(keys + "perhaps\n"), HasSubstr("'yes' or 'no'"));
}

TEST(ChannelKeys, TakeCalibrations) {
  const std::string bridge = "instrument = bridge\nquantity = resistance\nunit = degC\n";
  EXPECT_THAT(channel_problems(bridge + "calibration = table pt100\n"), IsEmpty());
  EXPECT_THAT(channel_problems(bridge + "calibration = formula x > 2 ? x^2 : 0.5 * x\n"),
              IsEmpty());
  EXPECT_THAT(channel_problems(bridge + "calibration = formula 2 * y\n"), HasSubstr("\"y\""));
  EXPECT_THAT(channel_problems(bridge + "calibration = polynomial 1, two\n"), HasSubstr("'two'"));
  EXPECT_THAT(channel_problems(bridge + "calibration = pt100\n"), HasSubstr("'table pt100'"));
  EXPECT_THAT(channel_problems(bridge + "calibration = table diode.csv\n"),
              HasSubstr("/bench/diode.csv: no such file"));
}

TEST(ChannelKeys, ReadTablesOfTheStation) {
  const TempFolder folder;
  std::ofstream{folder.path() / "diode.csv"} << "# volt, K\n0.5, 300\n1.0, 100\n";
  std::ofstream{folder.path() / "bad.csv"} << "0.5, 300\n1.0\n";
  const std::string channel =
      "[channel a]\ninstrument = bridge\nquantity = resistance\nunit = K\ncalibration = table ";

  const auto good = read_channels(channel + "diode.csv\n", folder.path());
  const auto bad = read_channels(channel + "bad.csv\n", folder.path());

  EXPECT_THAT(good.problems, IsEmpty());
  EXPECT_THAT(good.station.channels.front().calibration.table,
              ElementsAre(CalibrationPoint{0.5, 300}, CalibrationPoint{1, 100}));
  ASSERT_THAT(bad.problems, SizeIs(1));
  EXPECT_THAT(to_text(bad.problems.front()), HasSubstr("bad.csv:2: not two numbers"));
}

TEST(ChannelKeys, HaveNamesThatFitEverywhere) {
  const auto file =
      read_channels("[channel top plate]\ninstrument = thermometer\nquantity = temperature\n");

  ASSERT_THAT(file.problems, SizeIs(1));
  EXPECT_THAT(to_text(file.problems.front()), HasSubstr("one word of letters"));
}

}  // namespace
}  // namespace fat
