// High voltage, triggers and data of a virtual module, over the wire; and the bytes themselves.
#include <algorithm>

#include <gmock/gmock.h>

#include "devices/boot_clock.hpp"
#include "devices/pmt_data.hpp"
#include "fat/devices/iceboot_bench.hpp"
#include "fat/ports/device_error.hpp"
#include "fat/ports/module_readout.hpp"
#include "fat/sim/pmt_truth.hpp"
#include "fat/sim/station_thread.hpp"

namespace fat {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class IcebootReadoutTest : public ::testing::Test {
 protected:
  std::unique_ptr<DetectorModule> open() {
    return bench_.open({.serial = "DEgg2021-3-101",
                        .path = {},
                        .port = served_.station().ports()[0],
                        .host = "127.0.0.1"});
  }

  /// Its ramp takes 30 s of a bench that runs 10000 times as fast.
  static void switch_on(DetectorModule& module) {
    for (const int channel : {0, 1}) {
      module.high_voltage().enable(channel, true);
      module.high_voltage().set(channel, 1500);
    }
    while (module.read_slow_adc(SlowAdcChannel::Hv1).value < 1490) {
    }
  }

  BootClock clock_;
  IcebootBench bench_{clock_};
  StationThread served_{{.modules = 1, .speed = 10000, .instruments = false}};
};

TEST_F(IcebootReadoutTest, SwitchesTheHighVoltageAndReadsItBack) {
  const auto module = open();
  auto& voltage = module->high_voltage();
  EXPECT_TRUE(voltage.interlocks().high_voltage);

  voltage.enable(1, true);

  EXPECT_TRUE(voltage.enabled(1));
  EXPECT_FALSE(voltage.enabled(0));
  EXPECT_THROW(voltage.set(0, 1500), DeviceError);  // not enabled
  EXPECT_THROW(voltage.set(1, 2001), DeviceError);
  EXPECT_THROW(voltage.enable(2, true), DeviceError);
}

TEST_F(IcebootReadoutTest, ReadsChargesInTheOrderOfTime) {
  const auto module = open();
  switch_on(*module);
  const auto pmt = served_.station().identities()[0].upper;
  module->readout().arm(1, TriggerSource::Threshold, 8012 + static_cast<int>(pmt.pedestal));

  const auto stamps = module->readout().read_charges(400, 10s);

  ASSERT_EQ(stamps.size(), 400U);
  double sum = 0;
  for (std::size_t i = 0; i < stamps.size(); ++i) {
    EXPECT_EQ(stamps[i].channel, 1);
    EXPECT_TRUE(stamps[i].good);
    EXPECT_TRUE(i == 0 || stamps[i].ticks >= stamps[i - 1].ticks);
    sum += stamps[i].picocoulombs;
  }
  EXPECT_NEAR(sum / 400, 1.602e-7 * true_gain(pmt, 1500, 21.5), 0.4);
}

TEST_F(IcebootReadoutTest, ReadsWaveformsWithTheirBaseline) {
  const auto module = open();
  module->readout().set_baseline(0, 30000);
  module->readout().set_samples(0, 20, 128);
  module->readout().start_stream(StreamMode::Software, 0, 10);

  const auto waveforms = module->readout().read_waveforms(10s);

  EXPECT_EQ(waveforms.size(), 221U);
  for (const auto& waveform : waveforms) {
    EXPECT_EQ(waveform.channel, 0);
    ASSERT_EQ(waveform.adc.size(), 128U);
    EXPECT_NEAR(waveform.adc[64], 8000 + served_.station().identities()[0].lower.pedestal, 10);
  }
}

TEST_F(IcebootReadoutTest, ReadsWaveformsOfAnyLengthWordByWord) {
  const auto module = open();
  switch_on(*module);
  auto& readout = module->readout();
  const auto pmt = served_.station().identities()[0].lower;
  readout.set_variable_samples(0, 20, 40);
  readout.start_stream(StreamMode::Threshold, 0, 8012 + static_cast<int>(pmt.pedestal));

  for (int i = 0; i < 50; ++i) {
    const auto waveform = readout.read_waveform(10s);
    ASSERT_TRUE(waveform);
    EXPECT_EQ(waveform->channel, 0);
    EXPECT_GE(waveform->adc.size(), 60U);
    EXPECT_GT(*std::ranges::max_element(waveform->adc), 8010 + pmt.pedestal);
  }
}

TEST_F(IcebootReadoutTest, FiltersItsTrigger) {
  const auto module = open();
  switch_on(*module);
  auto& readout = module->readout();
  readout.set_fir_coefficients(1, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0});
  readout.arm(1, TriggerSource::Fir, 12 * 2 * 16);

  const auto stamps = readout.read_charges(2000, 10s);

  const auto span = static_cast<double>(stamps.back().ticks - stamps.front().ticks);
  const auto pmt = served_.station().identities()[0].upper;
  EXPECT_NEAR(1999 / (span / kTicksPerSecond), true_dark_rate(pmt, 21.5), 200);
}

TEST_F(IcebootReadoutTest, ReadsThePressureAndReboots) {
  const auto module = open();
  EXPECT_NEAR(module->pressure(), 502.4, 3);
  module->high_voltage().enable(0, true);

  module->reboot();

  EXPECT_EQ(module->fpga_version(), kFpgaNotConfigured);
  EXPECT_FALSE(module->high_voltage().enabled(0));
}

TEST_F(IcebootReadoutTest, CountsPulses) {
  const auto module = open();
  switch_on(*module);

  const auto pmt = served_.station().identities()[0].lower;
  module->readout().arm(0, TriggerSource::Threshold, 8012 + static_cast<int>(pmt.pedestal));
  const auto count = [&] { return module->readout().scaler_count(0, {.period_us = 1'000'000}); };
  while (count() == 0) {  // until its first period is whole
  }

  EXPECT_NEAR(static_cast<double>(count()), true_dark_rate(pmt, 21.5), 250);
}

TEST_F(IcebootReadoutTest, ABlockThatIsSpoiledIsAnErrorAndNotData) {
  const auto module = open();
  module->readout().arm(0, TriggerSource::Threshold, 8020);
  for (const auto fault : {LinkFault::HalfReply, LinkFault::Close, LinkFault::Duplicate}) {
    served_.station().inject(0, {.fault = fault});
    try {
      EXPECT_EQ(module->readout().read_charges(50, 2s).size(), 50U) << to_string(fault);
    } catch (const DeviceError& error) {
      EXPECT_THAT(error.what(), HasSubstr("700 10 15 readDEggChargeBlock"));
    }
    EXPECT_EQ(module->software_version(), 62) << to_string(fault);
  }
}

TEST(PmtData, FollowsTheBytesOfTheReference) {
  std::string stamp("\x50\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00", 14);
  const auto parsed = parse_charge_stamp(stamp);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, (ChargeStamp{1, (1ULL << 48U) + 1, 0, true}));
  stamp[1] = '\x41';
  EXPECT_FALSE(parse_charge_stamp(stamp)->good);
  stamp[0] = '\x51';
  EXPECT_FALSE(parse_charge_stamp(stamp));
  EXPECT_FALSE(parse_charge_block(stamp + "x"));
  EXPECT_FALSE(parse_charge_block(stamp));  // 0x51 is none
  EXPECT_FALSE(parse_charge_stamp(stamp.substr(1)));
}

TEST(PmtData, IsNotGuessedFromAShortWaveform) {
  std::string waveform(std::size_t{2} * (17 + 2 + 2), '\0');
  waveform[1] = '\x82';
  waveform[2] = 2;
  waveform[std::size_t{2} * 17] = '\x04';
  ASSERT_TRUE(parse_waveform(waveform));
  EXPECT_THAT(parse_waveform(waveform)->adc, ::testing::ElementsAre(1, 0));
  waveform[2] = 3;
  EXPECT_FALSE(parse_waveform(waveform));
  EXPECT_FALSE(parse_waveform(std::string("\x00\x82", 2)));
  waveform[1] = '\x81';
  EXPECT_FALSE(parse_waveform(waveform));
  EXPECT_FALSE(parse_waveform_block(std::string("\xff\xff\xff\xff", 4)));
  EXPECT_TRUE(parse_waveform_block(std::string(8, '\0'))->empty());
}

}  // namespace
}  // namespace fat
