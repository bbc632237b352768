// Sensors that are programs and files, and those that were there before slow control.
#include <fstream>
#include <functional>

#include <gmock/gmock.h>

#include "devices/boot_clock.hpp"
#include "devices/column_sensor.hpp"
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

}  // namespace
}  // namespace fat
