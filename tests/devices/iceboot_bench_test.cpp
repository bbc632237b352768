// The driver against virtual modules, over the wire.
#include "fat/devices/iceboot_bench.hpp"

#include <gmock/gmock.h>

#include "devices/boot_clock.hpp"
#include "fat/ports/device_error.hpp"
#include "fat/sim/station_thread.hpp"

namespace fat {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

ModuleEntry entry(const VirtualStation& station, std::size_t number) {
  return {.serial = station.identities()[number].serial,
          .path = {},
          .port = station.ports()[number],
          .host = "localhost"};
}

TEST(IcebootBench, AsksAModuleWhatItIsAndHowItFeels) {
  const BootClock clock;
  const IcebootBench bench{clock};
  StationThread served{{.modules = 1}};

  const auto module = bench.open(entry(served.station(), 0));

  EXPECT_EQ(module->software_version(), 62);
  EXPECT_EQ(module->fpga_version(), 272);
  const auto temperature = module->read_slow_adc(SlowAdcChannel::Temperature);
  EXPECT_NEAR(temperature.value, 21.5, 1);
  EXPECT_EQ(temperature.unit, "degC");
}

TEST(IcebootBench, RepairsAnFpgaWithoutImage) {
  const BootClock clock;
  const IcebootBench bench{clock};
  StationThread served{{.modules = 1, .special = {{0, {.fpga_configured = false}}}}};
  const auto module = bench.open(entry(served.station(), 0));
  ASSERT_EQ(module->fpga_version(), kFpgaNotConfigured);

  module->configure_fpga(module->newest_flash_file());

  EXPECT_EQ(module->fpga_version(), 272);
}

TEST(IcebootBench, TellsARefusalFromABrokenLink) {
  const BootClock clock;
  const IcebootBench bench{clock};
  StationThread served{{.modules = 1, .special = {{0, {.fpga_configured = false}}}}};
  const auto module = bench.open(entry(served.station(), 0));

  try {
    module->read_slow_adc(SlowAdcChannel::Temperature);
    FAIL() << "read a temperature through an FPGA without image";
  } catch (const DeviceError& error) {
    EXPECT_EQ(error.fault(), DeviceFault::Refused);
    EXPECT_EQ(error.device(), "DEgg2021-3-101");
    EXPECT_THAT(error.what(), HasSubstr("7 sloAdcReadChannel"));
    EXPECT_THAT(error.what(), HasSubstr("FAIL"));
  }
  EXPECT_EQ(module->software_version(), 62);
}

TEST(IcebootBench, SaysWhereNobodyListens) {
  const BootClock clock;
  const IcebootBench bench{clock};
  StationThread served{{.modules = 1, .special = {{0, {.listens = false}}}}};
  const auto dead = entry(served.station(), 0);

  try {
    bench.open(dead);
    FAIL() << "opened a dead module";
  } catch (const DeviceError& error) {
    EXPECT_EQ(error.fault(), DeviceFault::Unreachable);
    EXPECT_THAT(error.what(), HasSubstr("localhost:" + std::to_string(dead.port)));
    EXPECT_THAT(error.what(), HasSubstr("Connection refused"));
  }
}

TEST(IcebootBench, SaysThatAHostIsUnknown) {
  const BootClock clock;
  const IcebootBench bench{clock};

  EXPECT_THROW(bench.open({.serial = "x", .path = {}, .port = 1, .host = "no such host"}),
               DeviceError);
}

TEST(IcebootBench, GivesUpOnAModuleThatAnotherClientHolds) {
  const BootClock clock;
  const IcebootBench patient{clock};
  IcebootTimeouts timeouts;
  timeouts.boot = 40ms;
  const IcebootBench hasty{clock, timeouts};
  StationThread served{{.modules = 1}};
  const auto module = patient.open(entry(served.station(), 0));

  try {
    hasty.open(entry(served.station(), 0));
    FAIL() << "two clients at once";
  } catch (const DeviceError& error) {
    EXPECT_EQ(error.fault(), DeviceFault::Timeout);
    EXPECT_THAT(error.what(), HasSubstr("another client"));
  }
  EXPECT_EQ(module->fpga_version(), 272);
}

}  // namespace
}  // namespace fat
