// The bench's physics as a client sees them, byte by byte; time is an argument.
#include <bit>
#include <cmath>
#include <numeric>
#include <vector>

#include <gmock/gmock.h>

#include "fat/sim/pmt_truth.hpp"
#include "sim/bench_instruments.hpp"
#include "sim/scpi_instruments.hpp"
#include "sim/virtual_module.hpp"

namespace fat {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

struct Stamp {
  double seconds = 0, picocoulombs = 0;
};

std::uint64_t number(const std::string& bytes, std::size_t at, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = count; i > 0; --i) {
    value = (value << 8U) | static_cast<unsigned char>(bytes.at(at + i - 1));
  }
  return value;
}

/// A bench with one module, its generator, wheels, chiller and FieldHub; high voltage at 1500 V.
class PhysicsTest : public ::testing::Test {
 protected:
  static constexpr Microseconds kReady = 60s;

  std::string ask(const std::string& line, Microseconds now = kReady) {
    module_.receive(line + "\r\n", now);
    return module_.take_output(now + 1h);
  }

  static void order(VirtualDevice& device, const std::string& line, Microseconds now = kReady) {
    device.receive(line, now);
    device.take_output(now + 1min);
  }

  void switch_on() {
    for (const auto* const line :
         {"0 enableHV", "1 enableHV", "0 1500 setDEggHV", "1 1500 setDEggHV"}) {
      ask(line, 0s);
    }
  }

  void laser(const std::string& frequency) {
    order(generator_,
          "*RST;:SOUR:FUNC SQU;:SOUR:VOLT 3VPP;:SOUR:FREQ " + frequency + ";:OUTP ON\n");
  }

  void filters(int first, int second) {
    order(wheel0_, "pos=" + std::to_string(first) + "\r");
    order(wheel1_, "pos=" + std::to_string(second) + "\r");
  }

  int threshold(double electrons) const {
    return static_cast<int>(std::ceil(8000 + lower_.pedestal + (electrons * 48)));
  }

  std::vector<Stamp> stamps(int count, Microseconds now = kReady) {
    const auto line = std::to_string(14 * count) + " 10 15 readDEggChargeBlock";
    const auto bytes = ask(line, now).substr(line.size() + 2);
    std::vector<Stamp> all;
    for (std::size_t at = 0; at + 14 <= bytes.size() && std::cmp_less(all.size(), count);
         at += 14) {
      const auto charge =
          std::bit_cast<float>(static_cast<std::uint32_t>(number(bytes, at + 10, 4)));
      all.push_back({static_cast<double>(number(bytes, at + 4, 6)) / 240e6,
                     static_cast<double>(charge) * 1e12});
    }
    return all;
  }

  std::vector<Stamp> pulses_over(double electrons, int count, Microseconds now = kReady) {
    ask("0 " + std::to_string(threshold(electrons)) + " 0 startDEggWfmStream", now);
    return stamps(count, now);
  }

  static double mean_charge(const std::vector<Stamp>& all) {
    return std::accumulate(all.begin(),
                           all.end(),
                           0.0,
                           [](double sum, const Stamp& one) { return sum + one.picocoulombs; }) /
           static_cast<double>(all.size());
  }

  static double mean_interval(const std::vector<Stamp>& all) {
    return (all.back().seconds - all.front().seconds) / static_cast<double>(all.size() - 1);
  }

  std::shared_ptr<BenchModel> bench_ = std::make_shared<BenchModel>(1, 1);
  VirtualModule module_{module_identity(1, 0), {}, bench_};
  PmtIdentity lower_ = module_identity(1, 0).lower;
  VirtualGenerator generator_{bench_};
  VirtualWheel wheel0_{bench_, 0}, wheel1_{bench_, 1};
  VirtualChiller chiller_{bench_};
  VirtualFieldHub hub_{bench_, 0, 1};
};

TEST_F(PhysicsTest, TheModuleFollowsTheAirAndTheAirTheSetpoint) {
  order(chiller_, "OUT_SP_00 -40\r");
  order(chiller_, "OUT_MODE_05 1\r");

  EXPECT_NEAR(bench_->freezer.air(kReady + 2h), -40, 2);
  EXPECT_NEAR(bench_->freezer.inside(kReady + 1h), 7.5, 8);
  EXPECT_GT(bench_->freezer.inside(kReady + 1h), bench_->freezer.air(kReady + 1h) + 10);
  EXPECT_NEAR(bench_->freezer.inside(kReady + 12h), -40, 0.5);
  EXPECT_THAT(ask("7 sloAdcReadChannel", 12h), HasSubstr(" -39.9"));
  order(chiller_, "OUT_SP_00 20\r", 12h);
  EXPECT_NEAR(bench_->freezer.inside(12h), -40, 0.5);
  EXPECT_NEAR(bench_->freezer.inside(24h), 20, 0.5);
}

TEST_F(PhysicsTest, AFreezerThatDoesNotCoolStaysWarmAndAnOpenDoorHalves) {
  bench_->freezer.set_cooling(false, 0s);
  bench_->freezer.set(-40, true, 0s);
  EXPECT_NEAR(bench_->freezer.air(12h), 21.5, 0.1);

  bench_->freezer.set_cooling(true, 12h);
  bench_->freezer.set_door(true, 12h);
  EXPECT_NEAR(bench_->freezer.air(24h), (21.5 - 40) / 2, 0.1);
  EXPECT_THAT(ask("readLightSensorPmtHvEnable .s drop", 24h), HasSubstr("<1> 0 "));
  EXPECT_THAT(ask("0 enableHV", 24h), Not(HasSubstr("ERROR")));
  EXPECT_THAT(ask("0 1500 setDEggHV", 24h), HasSubstr("ERROR light sensor"));
}

TEST_F(PhysicsTest, ColdRaisesTheGainAndLowersTheDarkRate) {
  switch_on();
  const auto warm = pulses_over(0.25, 4000);
  bench_->freezer.set(-40, true, kReady);
  const auto cold = pulses_over(0.25, 4000, 24h);

  EXPECT_NEAR(1 / mean_interval(warm), true_dark_rate(lower_, 21.5), 120);
  EXPECT_NEAR(1 / mean_interval(cold), true_dark_rate(lower_, -40), 60);
  EXPECT_NEAR(mean_charge(cold) / mean_charge(warm), 1.123, 0.05);
}

TEST_F(PhysicsTest, TheGainFollowsAPowerOfTheVoltage) {
  switch_on();
  const double at_1500 = mean_charge(pulses_over(0.25, 4000));
  ask("0 1600 setDEggHV", kReady);
  const double at_1600 = mean_charge(pulses_over(0.25, 4000, 120s));

  EXPECT_NEAR(at_1600 / at_1500, std::pow(1600.0 / 1500, lower_.gain_exponent), 0.06);
  EXPECT_NEAR(true_gain(lower_, true_voltage(lower_, 1e7, -20), -20), 1e7, 1);
}

TEST_F(PhysicsTest, LightArrivesAtTheGeneratorsFrequencyThroughFiltersAndFibre) {
  switch_on();
  laser("100");
  filters(3, 1);

  const auto seen = pulses_over(3, 300);

  EXPECT_NEAR(mean_interval(seen), 0.01, 0.0015);  // and dark pulses of several electrons
  const double electron = 1.602e-7 * true_gain(lower_, 1500, 21.5);
  EXPECT_NEAR(mean_charge(seen) / electron, true_light(lower_, 0.25), 3);
}

TEST_F(PhysicsTest, AnyLinkOfTheLightPathLeavesThePmtInTheDark) {
  switch_on();
  const auto is_lit = [&] { return mean_interval(pulses_over(3, 50)) < 0.015; };
  laser("100");
  filters(3, 1);
  ASSERT_TRUE(is_lit());

  order(generator_, "OUTP OFF\n");
  EXPECT_FALSE(is_lit());
  laser("100");
  filters(6, 1);
  EXPECT_FALSE(is_lit());
  filters(3, 1);
  bench_->modules[0].fibres[0] = 0;
  EXPECT_FALSE(is_lit());
  bench_->modules[0].fibres[0] = 1;
  bench_->laser.supply = false;
  EXPECT_FALSE(is_lit());
  bench_->laser.supply = true;
  order(generator_, "SOUR:VOLT 0.5VPP\n");
  EXPECT_FALSE(is_lit());
  laser("100");
  EXPECT_TRUE(is_lit());
}

TEST_F(PhysicsTest, ASwappedFilterLetsAnotherAmountThrough) {
  laser("100");
  filters(2, 1);
  const double right = bench_->light();
  bench_->wheels[0].swapped = true;

  EXPECT_DOUBLE_EQ(right, 0.32);
  EXPECT_DOUBLE_EQ(bench_->light(), 0.25);
}

TEST_F(PhysicsTest, TheSyncSignalStampsEveryPeriodOfTheGenerator) {
  laser("100");
  ask("0 enableDEggExternalTrigger");

  const auto all = stamps(1000);

  ASSERT_EQ(all.size(), 1000U);
  for (std::size_t i = 1; i < all.size(); ++i) {
    EXPECT_NEAR(all[i].seconds - all[i - 1].seconds, 0.01, 1e-7);
  }
  order(generator_, "OUTP OFF\n");
  EXPECT_THAT(ask("14 10 15 readDEggChargeBlock"), HasSubstr("ERROR no trigger"));
}

TEST_F(PhysicsTest, WaveformsHoldThePedestalThePulseAndItsChargeInTheGate) {
  switch_on();
  ask("0 20 128 setDEggConstReadout");
  ask("0 " + std::to_string(threshold(0.25)) + " 0 startDEggWfmStream");
  const std::string line = "66000 readDEggWfmBlock";
  const auto bytes = ask(line).substr(line.size() + 2);
  double charge = 0, pedestal = 0, behind = 0;
  int waveforms = 0;
  for (std::size_t at = 0; number(bytes, at, 4) != 0; ++waveforms) {
    const auto words = number(bytes, at, 4);
    const auto sample = [&](std::size_t i) {
      return static_cast<double>(number(bytes, at + 4 + (2 * (17 + i)), 2) >> 2U);
    };
    for (std::size_t i = 0; i < 128; ++i) {
      pedestal += i < 10 ? sample(i) / 10 : 0;
      charge += i >= 13 && i <= 28 ? sample(i) : 0;
      behind = std::max(behind, i > 60 ? sample(i) : 0);
    }
    at += 4 + (2 * words);
  }

  EXPECT_EQ(waveforms, 221);
  EXPECT_NEAR(pedestal / waveforms, 8000 + lower_.pedestal, 0.5);
  const double counts = (charge / waveforms) - (16 * pedestal / waveforms);
  const double expected = 1.602 * true_gain(lower_, 1500, 21.5) / 1e7;
  EXPECT_NEAR(counts * 0.075e-3 / 36.96 / 240e6 * 1e12 / expected, 1, 0.12);
  EXPECT_GT(behind, 8000 + lower_.pedestal + 10);  // some after-pulse among so many
}

TEST_F(PhysicsTest, TheScalerTellsTheLastWholePeriodAndCountsThereforeOnce) {
  switch_on();
  ask("0 " + std::to_string(threshold(0.25)) + " setDEggADCTriggerThreshold");
  ask("0 100000 24 enableScalers", kReady);
  const auto count_at = [&](Microseconds now) {
    const auto reply = ask("0 getScalerCount .s drop", now);
    return std::stoi(reply.substr(reply.find("<1> ") + 4));
  };

  EXPECT_EQ(count_at(kReady + 50ms), 0);
  EXPECT_EQ(count_at(kReady + 110ms), count_at(kReady + 190ms));
  double sum = 0;
  for (int period = 1; period <= 400; ++period) {
    sum += count_at(kReady + (period * 100ms) + 1ms);
  }
  const double dead = sum * 24 / 240e6;
  const double truth = true_dark_rate(lower_, 21.5);
  EXPECT_NEAR(sum / (40 - dead), truth, 4 * std::sqrt(truth / 40));
}

TEST_F(PhysicsTest, TheStreamComesWordByWord) {
  switch_on();
  ask("0 20 128 setDEggConstReadout");
  ask("0 " + std::to_string(threshold(0.25)) + " 0 startDEggWfmStream");
  const std::string line = "readDEggWfmStream";

  const auto size = ask(line).substr(line.size() + 2);
  ASSERT_EQ(size.size(), 4U + 2);
  EXPECT_EQ(number(size, 0, 4), 19U + 128);
  const auto words = ask(line).substr(line.size() + 2);
  EXPECT_EQ(words.size(), (2U * (19 + 128)) + 2);
  EXPECT_EQ(number(words, 0, 2), 0x8200U);
  EXPECT_EQ(number(ask(line).substr(line.size() + 2), 0, 4), 19U + 128);
}

TEST_F(PhysicsTest, VariableReadoutEndsBehindThePulse) {
  switch_on();
  ask("0 20 30 setDEggVariableReadout");
  ask("0 " + std::to_string(threshold(0.25)) + " 0 startDEggWfmStream");

  for (int i = 0; i < 20; ++i) {
    const std::string line = "readDEggWfmStream";
    const auto words = number(ask(line).substr(line.size() + 2), 0, 4);
    EXPECT_GE(words, 19U + 50);
    EXPECT_LE(words, 19U + 512);
    ask(line);
  }
}

TEST_F(PhysicsTest, TheFilteredTriggerHasItsOwnThreshold) {
  switch_on();
  ask("0 0 0 0 0 0 0 0 0 0 0 1 1 0 0 0 0 setDEggFIRCoefficients");
  ask("0 " + std::to_string(12 * 2 * 16) + " setDEggFIRTriggerThreshold");
  ask("0 enableDEggFIRTrigger");

  EXPECT_NEAR(1 / mean_interval(stamps(4000)), true_dark_rate(lower_, 21.5), 120);
}

TEST_F(PhysicsTest, PowerAndInterlocksOfTheFieldHubReachTheModule) {
  const auto command = [&](const std::string& name, int device, Microseconds now) {
    order(
        hub_, R"(1 {"command":")" + name + R"(","device":)" + std::to_string(device) + "}\n", now);
  };
  switch_on();
  command("wp_off", 8, kReady);
  EXPECT_EQ(ask("fpgaVersion .s drop", kReady + 1s), "");
  command("wp_on", 8, kReady + 2s);
  EXPECT_EQ(ask("fpgaVersion .s drop", kReady + 3s), "");  // it boots
  EXPECT_THAT(ask("fpgaVersion .s drop", kReady + 5s), HasSubstr("<1> 65535 "));
  EXPECT_THAT(ask("readHVInterlock .s drop", kReady + 5s), HasSubstr("<1> 0 "));
  EXPECT_THAT(ask("0 enableHV", kReady + 5s), HasSubstr("ERROR HV interlock"));
  command("pmt_hv_enable", 0, kReady + 6s);
  EXPECT_EQ(ask("0 enableHV", kReady + 6s), "0 enableHV\r\n> ");
  EXPECT_EQ(ask("0 1000 setDEggHV", kReady + 6s), "0 1000 setDEggHV\r\n> ");
  command("pmt_hv_disable", 0, kReady + 60s);
  EXPECT_THAT(ask("0 DEggHVEnabled .s drop", kReady + 61s), HasSubstr("<1> 0 "));
  command("mb_off", 0, kReady + 70s);
  EXPECT_EQ(ask("sdrop", kReady + 71s), "");
}

// 32 V on strips of 14.6 ohm: 70 W each; and cold again only by what leaks.
TEST(Cryostat, IsWarmedByTheSupplysFirstTwoOutputs) {
  const auto bench = std::make_shared<BenchModel>(1, 1);
  VirtualSupply supply{bench};
  const auto order = [&](const std::string& line, Microseconds now) {
    supply.receive(line + "\n", now);
    return supply.take_output(now + 1min);
  };
  order(":SOUR1:VOLT 32;:SOUR1:CURR 3;:SOUR2:VOLT 32;:SOUR2:CURR 3", 1s);
  EXPECT_NEAR(bench->cryostat.top(10min), 150, 1);

  order(":OUTP CH1,ON", 10min);
  EXPECT_NEAR(std::stod(order(":MEAS:POWE? CH1", 10min)), 70.1, 0.2);
  EXPECT_NEAR(std::stod(order(":MEAS:POWE? CH2", 10min)), 0, 0.01);
  EXPECT_GT(bench->cryostat.top(30min) - bench->cryostat.bottom(30min), 5);
  order(":OUTP CH2,ON", 30min);
  const auto at_hour = bench->cryostat.top(1h);
  EXPECT_NEAR(at_hour, 150 + (((70.1 / 2 * 20 * 60) + (70.1 * 30 * 60)) / 1500), 5);

  order(":OUTP CH1,OFF;:OUTP CH2,OFF", 1h);
  EXPECT_NEAR(bench->cryostat.top(2h), at_hour, 2);
  EXPECT_NEAR(bench->cryostat.top(2h), bench->cryostat.bottom(2h), 0.1);
  EXPECT_NEAR(bench->cryostat.top(24h * 60), kRoomTemperature + 273.15, 0.1);
}

}  // namespace
}  // namespace fat
