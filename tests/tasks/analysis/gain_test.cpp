// From charges to the high voltage for 1e7, against tubes whose truth is known.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include <gmock/gmock.h>

#include "tasks/analysis/gain_scan.hpp"
#include "tasks/analysis/random_tube.hpp"

namespace fat {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;

template <typename Call>
std::string refusal_of(Call call) {
  try {
    call();
  } catch (const FitError& error) {
    return error.what();
  }
  return "nothing was refused";
}

TEST(ChargePeak, StandsWhereTheElectronsAre) {
  RandomTube tube{1};

  const auto peak = fit_charge_peak(tube.charges(tube.nominal(), 10'000));

  EXPECT_NEAR(peak.mean.value, 1.602, 0.03);
  EXPECT_THAT(peak.mean_error.value, AllOf(Ge(0.002), Le(0.02)));
  EXPECT_LT(peak.chi2_per_degree, 2);
}

TEST(ChargePeak, IsLookedForWhereTheReferenceSays) {
  EXPECT_EQ(charge_binning({1.6}).high, 6);
  EXPECT_EQ(charge_binning({2.5}).high, 6);
  EXPECT_EQ(charge_binning({2.6}).fit_low, 1);
  EXPECT_EQ(charge_binning({4}).high, 14);
}

TEST(ChargePeak, IsFoundAtManyTimesTheNominalGain) {
  for (const double factor : {1.12, 1.18, 1.25}) {
    RandomTube tube{7};
    const double voltage = tube.nominal() * factor;

    const auto peak = fit_charge_peak(tube.charges(voltage, 5'000));

    EXPECT_NEAR(gain_of(peak.mean) / tube.gain(voltage), 1, 0.03) << factor;
  }
}

TEST(ChargePeak, IsNotMovedByATriggerThatCutsSmallPulsesAway) {
  RandomTube tube{3};
  auto charges = tube.charges(tube.nominal(), 20'000);
  const auto whole = fit_charge_peak(charges).mean.value;
  std::erase_if(charges, [](double charge) { return charge < 0.95; });

  EXPECT_NEAR(fit_charge_peak(charges).mean.value / whole, 1, 0.01);
}

TEST(ChargePeak, IsRefusedWhenThePulsesHoldNoLight) {
  EXPECT_THAT(refusal_of([] { fit_charge_peak(std::vector<double>(50, 1.6)); }),
              HasSubstr("too few"));
  EXPECT_THAT(refusal_of([] { fit_charge_peak(std::vector<double>(1000, -0.1)); }),
              HasSubstr("no light"));
  EXPECT_THAT(refusal_of([] { fit_charge_peak(std::vector<double>(1000, std::nan(""))); }),
              HasSubstr("no light"));
  EXPECT_THAT(refusal_of([] { fit_charge_peak(std::vector<double>(1000, 1e300)); }),
              HasSubstr("no light"));
}

std::vector<GainPoint> power_law(double norm, double exponent) {
  std::vector<GainPoint> points;
  for (const double voltage : {1300.0, 1400.0, 1500.0, 1600.0}) {
    points.push_back({{voltage}, norm * std::pow(voltage, exponent), 0});
  }
  return points;
}

TEST(GainCurve, GoesThroughAPowerLaw) {
  const double norm = 1e7 / std::pow(1444, 6.8);

  const auto curve = fit_gain_curve(power_law(norm, 6.8));

  EXPECT_NEAR(curve.exponent, 6.8, 1e-9);
  EXPECT_NEAR(curve.nominal.value, 1444, 1e-6);
  EXPECT_NEAR(curve.norm / norm, 1, 1e-6);
  EXPECT_THAT(doubts(curve), IsEmpty());
}

TEST(GainCurve, SaysHowUncertainItIs) {
  std::mt19937 random{11};
  std::normal_distribution miss{0.0, 0.02};
  double pulls = 0;
  constexpr int curves = 400;
  for (int i = 0; i < curves; ++i) {
    auto points = power_law(1e7 / std::pow(1444, 6.8), 6.8);
    for (auto& point : points) {
      point.gain *= 1 + miss(random);
    }
    const auto curve = fit_gain_curve(points);
    pulls += std::pow((curve.nominal.value - 1444) / curve.nominal_error.value, 2);
  }

  EXPECT_NEAR(std::sqrt(pulls / curves), 1, 0.15);
}

TEST(GainCurve, IsDoubtedWhenNoTubeIsLikeThat) {
  // Of the original's examples, accepted without a word (reference 1e).
  EXPECT_THAT(doubts(fit_gain_curve(power_law(1e7 / std::pow(1444, 2.83), 2.83))),
              ElementsAre(HasSubstr("exponent 2.83")));
  auto bent = power_law(1e7 / std::pow(1444, 6.8), 6.8);
  bent[1].gain *= 1.4;
  EXPECT_THAT(doubts(fit_gain_curve(bent)), ElementsAre(HasSubstr("do not lie on a power law")));
}

TEST(GainCurve, IsRefusedWithItsReason) {
  const auto fit = [](std::vector<GainPoint> points) {
    return refusal_of([&] { fit_gain_curve(points); });
  };

  EXPECT_THAT(fit({}), HasSubstr("at least two"));
  EXPECT_THAT(fit({{{1500}, 1e7, 0}, {{1500}, 1.1e7, 0}}), HasSubstr("at least two"));
  EXPECT_THAT(fit({{{1400}, 1e7, 0}, {{1500}, 0.9e7, 0}}), HasSubstr("does not rise"));
  EXPECT_THAT(fit({{{1400}, -1, 0}, {{1500}, 1e7, 0}}), HasSubstr("cannot be"));
  EXPECT_THAT(fit({{{1400}, 1e3, 0}, {{1410}, 1.05e3, 0}}), HasSubstr("outside 1000 to 1890 V"));
}

/// Drives a scan as the task does, with `pulses` at each voltage.
std::vector<ScanPoint> scanned(RandomTube& tube, Volts start, std::size_t pulses) {
  std::vector<ScanPoint> points;
  for (std::optional<Volts> next = start; next; next = next_scan_voltage(points)) {
    const auto peak = fit_charge_peak(tube.charges(next->value, pulses));
    points.push_back({*next,
                      {*next,
                       gain_of(peak.mean),
                       gain_of(peak.mean) * peak.mean_error.value / peak.mean.value}});
  }
  return points;
}

TEST(GainScan, FindsTheVoltageOfEveryTubeWithinOnePercent) {
  double worst = 0;
  std::size_t most = 0;
  for (unsigned seed = 1; seed <= 100; ++seed) {
    RandomTube tube{seed};
    const auto points = scanned(tube, {1500}, 3'000);
    std::vector<GainPoint> measured;
    measured.reserve(points.size());
    for (const auto& point : points) {
      measured.push_back(point.measured);
    }
    const double found = fit_gain_curve(measured).nominal.value;
    worst = std::max(worst, std::abs((found / tube.nominal()) - 1));
    most = std::max(most, points.size());
  }

  std::cout << "100 tubes: the worst is " << worst * 100 << " % off, at most " << most
            << " points\n";
  EXPECT_LT(worst, 0.01);
  EXPECT_LE(most, 10U);
}

ScanPoint at(double voltage, double gain) {
  return {{voltage}, {{voltage}, gain, 0}};
}

TEST(GainScan, WalksTowardsTheNominalGainOverWhatItHasMeasured) {
  EXPECT_EQ(next_scan_voltage(std::vector{at(1500, 0.8e7)}), Volts{1540});
  EXPECT_EQ(next_scan_voltage(std::vector{at(1500, 1.3e7)}), Volts{1460});
  EXPECT_EQ(next_scan_voltage(std::vector{at(1500, 0.9e7), at(1540, 1.2e7)}), Volts{1460});
  EXPECT_EQ(next_scan_voltage(std::vector{at(1940, 0.1e7)}), Volts{1950});
  EXPECT_EQ(next_scan_voltage(std::vector{at(1950, 0.1e7)}), std::nullopt);
}

TEST(GainScan, EndsSoonerByAnotherRule) {
  const std::vector points{at(1500, 0.8e7), at(1540, 1.02e7), at(1534, 0.98e7)};

  EXPECT_EQ(next_scan_voltage(points, {.close = 0.03, .fewest = 3, .most = 6}), std::nullopt);
  EXPECT_NE(next_scan_voltage(points), std::nullopt);
}

TEST(Distribution, HasTheWidthOfItsValues) {
  std::mt19937 random{20261121};  // NOLINT(*-msc51-cpp): a test repeats itself
  std::normal_distribution<> light{25, 6};
  std::vector<double> values(3000);
  std::ranges::generate(values, [&] { return light(random); });

  const auto found = fit_distribution(values);
  EXPECT_NEAR(found.mean, 25, 0.5);
  EXPECT_NEAR(found.width, 6, 0.3);

  EXPECT_THAT(refusal_of([] { fit_distribution(std::vector<double>(99, 1)); }),
              HasSubstr("too few"));
  EXPECT_THAT(refusal_of([] { fit_distribution(std::vector<double>(200, 1)); }),
              HasSubstr("the same"));
}

TEST(GainScan, EndsWhenItIsCloseAndHasFivePoints) {
  const std::vector close{
      at(1400, 0.6e7), at(1440, 0.8e7), at(1480, 0.95e7), at(1520, 1.1e7), at(1490, 0.99e7)};

  EXPECT_EQ(next_scan_voltage(close), std::nullopt);
}

TEST(GainScan, TriesATubeThatIsTooDarkAtAHigherVoltage) {
  EXPECT_EQ(brighter_voltage({1500}), Volts{1700});
  EXPECT_EQ(brighter_voltage({1900}), Volts{2000});
  EXPECT_EQ(brighter_voltage({2000}), std::nullopt);
}

}  // namespace
}  // namespace fat
