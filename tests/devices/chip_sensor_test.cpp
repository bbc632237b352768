// The cryostat's electronics against chips that behave as theirs do.
#include "devices/chip_sensor.hpp"

#include <functional>
#include <memory>
#include <utility>

#include <gmock/gmock.h>

#include "devices/chip_kinds.hpp"
#include "fakes/manual_clock.hpp"
#include "sim/temp_folder.hpp"
#include "sim/virtual_chips.hpp"

namespace fat {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

/// A bus with one chip; waiting advances the clock.
class ChipBus : public RegisterBus {
 public:
  ChipBus(ManualClock& clock, VirtualChip& chip) : clock_(clock), chip_(chip) {}

  std::string name() const override { return "bus"; }

  std::string wire() const override { return "bus"; }

  Bytes transfer(const Bytes& out, std::size_t count) override {
    auto bytes = chip_.transfer(out, count, clock_.now().boot);
    if (spoils_configuration && count == 2 && out == Bytes{1}) {
      bytes[1] ^= 0x20U;
    }
    return bytes;
  }

  void wait(Microseconds pause) override { clock_.advance(pause); }

  bool spoils_configuration = false;

 private:
  ManualClock& clock_;
  VirtualChip& chip_;
};

template <typename Chip>
class Cryostat {
 public:
  ChipParts parts() {
    return {.clock = clock_,
            .device = "cryostat",
            .bus = std::make_unique<ChipBus>(clock_, chip),
            .locks = {}};
  }

  Chip chip;

 private:
  ManualClock clock_;
};

DeviceError chip_error(const std::function<void()>& action) {
  try {
    action();
  } catch (const DeviceError& error) {
    return error;
  }
  return {DeviceFault::Closed, "nobody", "no error at all"};
}

/// Absent, or it converts no more: never a value.
template <typename Chip>
void expect_no_value(Chip& chip, Instrument& sensor, const std::string& quantity) {
  chip.stopped = true;
  EXPECT_EQ(chip_error([&] { sensor.read(quantity, 1); }).fault(), DeviceFault::Timeout);
  chip.absent = true;
  EXPECT_EQ(chip_error([&] { sensor.read(quantity, 1); }).fault(), DeviceFault::Timeout);
  chip.absent = chip.stopped = false;
  EXPECT_NO_THROW(sensor.read(quantity, 1));
}

TEST(LevelSensor, MakesALevelOfItsCounts) {
  Cryostat<VirtualAd7746> cryostat;
  LevelSensor sensor{cryostat.parts(), {}};

  cryostat.chip.counts = 11'427'500;
  EXPECT_NEAR(sensor.read("level", 1), 0, 1e-6);
  cryostat.chip.counts = 13'598'000;
  EXPECT_NEAR(sensor.read("level", 1), 687, 1e-6);
  EXPECT_NEAR(sensor.read("capacitance", 1), 13.598, 1e-6);
  cryostat.chip.counts = 0;
  EXPECT_EQ(chip_error([&] { sensor.read("level", 1); }).fault(), DeviceFault::Refused);
  cryostat.chip.counts = 12'000'000;
  expect_no_value(cryostat.chip, sensor, "level");
}

// Reference 1.1: what is no Pt100 was 0.00 K there.
TEST(PlatinumSensor, MakesOhmAndRefusesWhatIsNoPt100) {
  Cryostat<VirtualAd7124> cryostat;
  cryostat.chip.counts = {10'118'174, 4'771'132, 0xffffff, 0, 12'000'000, 5'000'000};
  PlatinumSensor sensor{cryostat.parts()};

  EXPECT_NEAR(sensor.read("resistance", 1), 91.02, 1e-6);
  EXPECT_NEAR(sensor.read("resistance", 2), 42.94, 1e-6);
  EXPECT_NEAR(sensor.read("resistance", 5), 107.94, 0.01);
  const auto error = chip_error([&] { sensor.read("resistance", 4); });
  EXPECT_EQ(error.fault(), DeviceFault::Refused);
  EXPECT_THAT(error.what(), HasSubstr("is it connected?"));
  expect_no_value(cryostat.chip, sensor, "resistance");
}

TEST(AnalogSensor, MakesVoltsOfFourInputs) {
  Cryostat<VirtualAds1115> cryostat;
  cryostat.chip.counts = {8000, -16, 32767, 0};
  AnalogSensor sensor{cryostat.parts(), 1};

  EXPECT_NEAR(sensor.read("voltage", 1), 1.0, 1e-9);
  EXPECT_NEAR(sensor.read("voltage", 2), -0.002, 1e-9);
  EXPECT_EQ(chip_error([&] { sensor.read("voltage", 3); }).fault(), DeviceFault::Refused);
  expect_no_value(cryostat.chip, sensor, "voltage");
}

TEST(WideRangeGauge, IsAnAtmosphereAtTenVoltsAndSaysNothingWhenOff) {
  EXPECT_NEAR(wide_range_torr(10).value_or(0), 748, 2);
  EXPECT_NEAR(wide_range_torr(2).value_or(0), 7.4e-9, 1e-10);
  EXPECT_FALSE(wide_range_torr(1.3));
  EXPECT_FALSE(wide_range_torr(10.1));

  Cryostat<VirtualAds1115> cryostat;
  cryostat.chip.counts = {14, 0, 0, 0};
  WideRangeGauge gauge{cryostat.parts(), 1};

  EXPECT_EQ(gauge.read("voltage", 1), 0);
  const auto error = chip_error([&] { gauge.read("pressure", 1); });
  EXPECT_EQ(error.fault(), DeviceFault::Refused);
  cryostat.chip.counts = {10'690, 0, 0, 0};
  EXPECT_NEAR(gauge.read("voltage", 1), 5, 1e-3);
  EXPECT_NEAR(gauge.read("pressure", 1), 2.4e-5, 1e-6);
}

TEST(HighVoltageMonitor, MeasuresWhatTheSupplySays) {
  Cryostat<VirtualAds1115> cryostat;
  cryostat.chip.counts = {3202, 32013 / 2, 6421, 16038};
  HighVoltageMonitor monitor{cryostat.parts()};

  EXPECT_NEAR(monitor.read("current", 1), 33.3e-9, 1e-11);
  EXPECT_NEAR(monitor.read("voltage", 1), 15'000, 2);
  EXPECT_NEAR(monitor.read("current_setpoint", 1), 66.6e-9, 1e-11);
  EXPECT_NEAR(monitor.read("voltage_setpoint", 1), 15'000, 2);
  EXPECT_NEAR(monitor.read("resistance", 1), 4.5e11, 1e9);
  cryostat.chip.counts[0] = 0;
  EXPECT_EQ(chip_error([&] { monitor.read("resistance", 1); }).fault(), DeviceFault::Refused);
}

TEST(ChipSensor, SaysWhenThereIsNoBus) {
  const ManualClock clock;
  PlatinumSensor sensor{{.clock = clock,
                         .device = "cryostat",
                         .bus = std::make_unique<SpiBus>("/nowhere/spidev0.0", 500'000),
                         .locks = {}}};

  EXPECT_EQ(chip_error([&] { sensor.read("resistance", 1); }).fault(), DeviceFault::Unreachable);
  EXPECT_EQ(chip_error([&] { sensor.set("resistance", 1, 3); }).fault(), DeviceFault::Refused);
}

TEST(AnalogSensor, MeasuresNothingWhenItsSettingReadsBackDifferently) {
  ManualClock clock;
  VirtualAds1115 chip;
  auto bus = std::make_unique<ChipBus>(clock, chip);
  bus->spoils_configuration = true;
  AnalogSensor sensor{{.clock = clock, .device = "cryostat", .bus = std::move(bus), .locks = {}},
                      1};

  const auto error = chip_error([&] { sensor.read("voltage", 1); });

  EXPECT_EQ(error.fault(), DeviceFault::Garbled);
  EXPECT_THAT(error.what(), HasSubstr("and reads back 0x"));
}

TEST(ChipSensor, WaitsForWhoHoldsItsBus) {
  const TempFolder folder;
  const LinkLocks locks{.folder = folder.path(), .purpose = "another test"};
  ManualClock clock;
  VirtualAds1115 chip;
  LinkLock other{clock, locks, "bus"};
  ASSERT_FALSE(other.take(Microseconds{0}).fault);
  ChipParts parts{.clock = clock,
                  .device = "cryostat",
                  .bus = std::make_unique<ChipBus>(clock, chip),
                  .locks = locks};
  parts.lock = Microseconds{0};
  AnalogSensor sensor{std::move(parts), 1};

  const auto error = chip_error([&] { sensor.read("voltage", 1); });

  EXPECT_EQ(error.fault(), DeviceFault::Busy);
  EXPECT_THAT(error.what(), HasSubstr("another test"));
}

TEST(ChipSensor, SaysWhenAFileIsNoBus) {
  const ManualClock clock;
  const auto error_at = [&](std::unique_ptr<RegisterBus> bus) {
    AnalogSensor sensor{{.clock = clock, .device = "cryostat", .bus = std::move(bus), .locks = {}},
                        1};
    return std::string{chip_error([&] { sensor.read("voltage", 1); }).what()};
  };

  EXPECT_THAT(error_at(std::make_unique<I2cBus>("/dev/null", 0x48)),
              AllOf(HasSubstr("/dev/null 0x48"), HasSubstr("Inappropriate ioctl")));
  EXPECT_THAT(error_at(std::make_unique<SpiBus>("/dev/null", 500'000)),
              HasSubstr("Inappropriate ioctl"));
}

TEST(ChipSensor, KnowsItsQuantitiesAndNoOthersAndCannotBeSet) {
  Cryostat<VirtualAds1115> cryostat;
  AnalogSensor sensor{cryostat.parts(), 1};

  EXPECT_EQ(sensor.identity(), "ads1115");
  EXPECT_THAT(chip_error([&] { sensor.read("voltag", 1); }).what(),
              HasSubstr("ads1115 has no quantity 'voltag' but voltage; did you mean 'voltage'?"));
  EXPECT_THAT(chip_error([&] { sensor.read("voltage", 5); }).what(), HasSubstr("1 to 4, not 5"));
  EXPECT_NO_THROW(sensor.make_safe());
  EXPECT_FALSE(sensor.release());
}

TEST(ChipKinds, RefuseWhatIsNoAddress) {
  const ManualClock clock;
  DeviceEntry entry;
  entry.name = "cryostat";
  entry.kind = "ads1115";
  for (const auto* const address : {"0x00", "0x77"}) {
    entry.parameters["address"] = address;
    EXPECT_EQ(open_chip(entry, clock, {})->identity(), "ads1115") << address;
  }
  for (const auto* const address : {"", "48", "0x", "0x78", "0x4g", "0x-1", "0x1000000000"}) {
    entry.parameters["address"] = address;
    EXPECT_THAT(chip_error([&] { open_chip(entry, clock, {}); }).what(),
                HasSubstr("is not 0x00 to 0x77"))
        << address;
  }
}

}  // namespace
}  // namespace fat
