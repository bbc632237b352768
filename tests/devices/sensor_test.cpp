// Sensors that are programs and files, and those that were there before slow control.
#include <fstream>
#include <functional>
#include <memory>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "devices/boot_clock.hpp"
#include "devices/column_sensor.hpp"
#include "devices/lutron_thermometer.hpp"
#include "devices/manual_freezer.hpp"
#include "devices/scripted_link.hpp"
#include "devices/virtual_instruments.hpp"
#include "fakes/manual_clock.hpp"
#include "sim/temp_folder.hpp"

namespace fat {
namespace {

using ::testing::HasSubstr;

DeviceError sensor_error(const std::function<void()>& action) {
  try {
    action();
  } catch (const DeviceError& error) {
    return error;
  }
  return {DeviceFault::Closed, "nobody", "no error at all"};
}

TEST(NumberInColumn, DoesNotMoveWhenAnotherColumnIsNone) {
  EXPECT_EQ(number_in_column("21.5, nan;-3", 1), 21.5);
  EXPECT_EQ(number_in_column("21.5, nan;-3", 2), std::nullopt);
  EXPECT_EQ(number_in_column("21.5, nan;-3", 3), -3);
  EXPECT_EQ(number_in_column("21.5, nan;-3", 4), std::nullopt);
  EXPECT_EQ(number_in_column("", 1), std::nullopt);
  EXPECT_EQ(number_in_column("+1e3", 1), 1000);
}

class ExecSensorTest : public ::testing::Test {
 protected:
  ColumnSensor sensor(const std::string& script) {
    return {SensorProgram{.clock = clock_,
                          .device = "usb",
                          .words = {"sh", "-c", script},
                          .timeouts = {.first_byte = std::chrono::milliseconds{300}}},
            2};
  }

  BootClock clock_;
};

TEST_F(ExecSensorTest, ReadsTheColumnsOfTheFirstLine) {
  auto usb = sensor("echo 21.5 40.1; echo 99 99");

  EXPECT_EQ(usb.read("value", 1), 21.5);
  EXPECT_EQ(usb.read("value", 2), 40.1);
}

TEST_F(ExecSensorTest, TellsItsFailuresApart) {
  const auto fault = [&](const char* script) {
    return sensor_error([&] { sensor(script).read("value", 1); }).fault();
  };

  EXPECT_EQ(fault("echo 21.5; exit 3"), DeviceFault::Closed);
  EXPECT_EQ(fault("echo error"), DeviceFault::Garbled);
  EXPECT_EQ(fault("true"), DeviceFault::Garbled);
  EXPECT_EQ(fault("sleep 5"), DeviceFault::Timeout);
  EXPECT_EQ(sensor_error([&] { sensor("echo 1").read("value", 3); }).fault(), DeviceFault::Refused);
  EXPECT_EQ(sensor_error([&] { sensor("echo 1").set("value", 1, 0); }).fault(),
            DeviceFault::Refused);
}

class FileSensorTest : public ::testing::Test {
 protected:
  ColumnSensor sensor() { return {SensorFile{clock_, "hall", path_, std::chrono::minutes{1}}, 2}; }

  void write(const std::string& text) const { std::ofstream{path_} << text; }

  BootClock clock_;
  TempFolder folder_;
  std::string path_ = (folder_.path() / "hall.csv").string();
};

TEST_F(FileSensorTest, ReadsTheLastWholeLine) {
  write("1,2\n3,4\n5");

  EXPECT_EQ(sensor().read("value", 2), 4);
}

TEST_F(FileSensorTest, TellsItsFailuresApart) {
  const auto fault = [&] { return sensor_error([&] { sensor().read("value", 2); }).fault(); };

  EXPECT_EQ(fault(), DeviceFault::Unreachable);
  write("3,4");
  EXPECT_EQ(fault(), DeviceFault::Garbled);  // half written, perhaps
  write("3,x\n");
  EXPECT_EQ(fault(), DeviceFault::Garbled);
  write("3,4\n");
  std::filesystem::last_write_time(
      path_, std::filesystem::file_time_type::clock::now() - std::chrono::minutes{2});
  EXPECT_EQ(fault(), DeviceFault::Timeout);
  EXPECT_THAT(sensor_error([&] { sensor().read("value", 2); }).what(), HasSubstr("last written"));
}

TEST(ListeningInstrument, HasTheThermometersChannels) {
  const VirtualInstruments bench{{.silent_channels = {3}}, "1 s", "700 ms"};
  const auto thermometer = bench.drivers().instrument("thermometer");

  EXPECT_NEAR(thermometer->read("temperature", 1), 20, 2);
  EXPECT_NEAR(thermometer->read("temperature", 4), 20, 2);
  EXPECT_EQ(sensor_error([&] { thermometer->read("temperature", 3); }).fault(),
            DeviceFault::Refused);
}

TEST(HumidityInstrument, HasHumidityAndTemperature) {
  const VirtualInstruments bench;
  const auto humidity = bench.drivers().instrument("usbrh");

  EXPECT_EQ(humidity->read("humidity", 1), 41);
  EXPECT_EQ(humidity->read("temperature", 1), 23.5);
}

TEST_F(FileSensorTest, IsNoFolder) {
  path_ = folder_.path().string();

  EXPECT_EQ(sensor_error([&] { sensor().read("value", 1); }).fault(), DeviceFault::Unreachable);
}

/// A device of station.ini whose program prints this.
DeviceEntry printing(const char* kind, const char* text) {
  DeviceEntry entry;
  entry.name = "usb";
  entry.kind = kind;
  entry.link = LinkAddress{.kind = LinkKind::Command, .words = {"echo", text}};
  return entry;
}

TEST(HumidityInstrument, SaysWhatItsProgramDoesNotPrint) {
  const BootClock clock;
  const StationInstruments dry{clock, {printing("humidity_command", "no sensor")}, {}};
  const auto garbled = sensor_error([&] { dry.instrument("usb")->read("humidity", 1); });
  EXPECT_EQ(garbled.fault(), DeviceFault::Garbled);
  EXPECT_THAT(garbled.what(), HasSubstr("no humidity in its first line; it printed \"no sensor"));

  const StationInstruments only{clock, {printing("humidity_command", "41")}, {}};
  EXPECT_EQ(only.instrument("usb")->read("humidity", 1), 41);
  const auto none = sensor_error([&] { only.instrument("usb")->read("temperature", 1); });
  EXPECT_EQ(none.fault(), DeviceFault::Refused);
  EXPECT_THAT(none.what(), HasSubstr("temperature_column says which number it is"));
}

TEST(StationInstruments, NeedALinkWhereTheKindHasOne) {
  const BootClock clock;
  auto entry = printing("exec_sensor", "7 8");
  entry.parameters["columns"] = "2";
  EXPECT_EQ((StationInstruments{clock, {entry}, {}}.instrument("usb")->read("value", 2)), 8);
  entry.link.reset();
  const StationInstruments drivers{clock, {entry}, {}};

  EXPECT_THAT(sensor_error([&] { drivers.instrument("usb"); }).what(),
              HasSubstr("has no link in station.ini"));
}

std::string lutron_frame(int channel) {
  return "\x02"
         "4" +
         std::to_string(channel) + "010100000234\r";
}

TEST(LutronThermometer, HearsNothingOrOnlyHalfAFrame) {
  ManualClock clock;
  const auto heard = [&](std::vector<Piece> pieces) {
    auto link = std::make_unique<ScriptedLink>(
        clock, [](const std::string&) { return std::vector<Piece>{}; });
    link->keeps_late = true;
    for (auto& piece : pieces) {
      link->push(std::move(piece));
    }
    LutronThermometer thermometer{
        {.clock = clock, .device = "hall", .link = std::move(link), .timeouts = {}, .locks = {}},
        std::chrono::seconds{3}};
    int channels = 0;
    const auto error =
        sensor_error([&] { channels = static_cast<int>(thermometer.read().size()); });
    return fmt::format("{} {}", channels, error.what());
  };
  constexpr auto window = std::chrono::seconds{3};

  EXPECT_THAT(heard({{.bytes = lutron_frame(1)}, {.bytes = lutron_frame(3), .after = window}}),
              HasSubstr("2 nobody: no error"));
  EXPECT_THAT(heard({}), HasSubstr("listening: no whole frame came"));
  EXPECT_THAT(heard({{.bytes = "\x02"
                               "4101",
                      .after = window}}),
              HasSubstr("no whole frame came; last came \"\\x024101\"; took 3 s"));
  EXPECT_THAT(heard({{.bytes = lutron_frame(1)}, {.closes = true}}),
              HasSubstr("listening: the peer closed the connection"));
}

TEST(ManualFreezer, IsAsColdAsItsChannelOfTheThermometer) {
  class OneChannel : public Thermometer {
   public:
    std::vector<ThermometerReading> read() override { return {{.channel = 2, .celsius = -20}}; }
  };

  ManualFreezer freezer{"chest", std::make_unique<OneChannel>(), 2, {}};
  EXPECT_EQ(freezer.temperature(), -20);
  EXPECT_EQ(freezer.state(), "set by hand");
  EXPECT_EQ(sensor_error([&] { freezer.set_target(-20); }).fault(), DeviceFault::Refused);

  ManualFreezer unplugged{"chest", std::make_unique<OneChannel>(), 3, {}};
  const auto error = sensor_error([&] { unplugged.temperature(); });
  EXPECT_EQ(error.fault(), DeviceFault::Timeout);
  EXPECT_THAT(error.what(), HasSubstr("channel 3 of its thermometer is silent"));
}

}  // namespace
}  // namespace fat
