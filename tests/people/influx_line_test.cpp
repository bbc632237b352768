// Readings as InfluxDB's line protocol.
#include "people/influx_line.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace fat {
namespace {

const TelemetryChannel kHeater{.name = "heater_1",
                               .unit = "V",
                               .kind = "rigol_dp900",
                               .device = "heater supply",
                               .quantity = "voltage"};

Reading read_at(std::chrono::seconds when, std::optional<double> value) {
  return {.at = {.wall = WallTime{when}, .boot = {}, .boot_id = {}},
          .value = value,
          .state = value ? ReadingState::Ok : ReadingState::Failed,
          .why = {}};
}

TEST(InfluxLine, SaysWhatWasReadWhereAndWhen) {
  EXPECT_EQ(influx_line(kHeater, "chiba", read_at(std::chrono::seconds{1795199032}, 31.99)),
            "rigol_dp900,site=chiba,device=heater\\ supply,channel=heater_1,unit=V "
            "voltage=31.99,valid=1i 1795199032000000000");
}

TEST(InfluxLine, NeverMakesAnIntegerOfANumber) {
  for (const double value : {32.0, 0.0, -7.0, 1e30}) {
    const auto line = influx_line(kHeater, "", read_at(std::chrono::seconds{1}, value));
    const auto field = line.substr(line.find("voltage=") + 8);
    EXPECT_NE(field.substr(0, field.find(',')).find_first_of(".e"), std::string::npos) << line;
  }
}

TEST(InfluxLine, HasNoValueOfASensorThatFailed) {
  const auto nan = std::numeric_limits<double>::quiet_NaN();
  for (const auto& value : {std::optional<double>{}, std::optional{nan}}) {
    EXPECT_EQ(influx_line({.name = "a", .kind = "k", .device = "d", .quantity = "q"},
                          "",
                          read_at(std::chrono::seconds{1}, value)),
              "k,device=d,channel=a valid=0i 1000000000");
  }
}

TEST(InfluxLine, KeepsForeignTextWithinItsTag) {
  const auto line = influx_line(kHeater, "a,b=c d\\\n\x7f", read_at(std::chrono::seconds{1}, 1.5));
  EXPECT_EQ(line.substr(0, line.find(",device")), "rigol_dp900,site=a\\,b\\=c\\ d___");
  EXPECT_EQ(line.find('\n'), std::string::npos);
}

}  // namespace
}  // namespace fat
