// Limits -> verdicts, and promised measurements.
#include "fat/model/measurement.hpp"

#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fat {

namespace {

Measurement with(double value, Limits limits) {
  Measurement measurement;
  measurement.value = value;
  measurement.limits = limits;
  return measurement;
}

constexpr Limits kAll{.min = 0, .max = 10, .warn_min = 2, .warn_max = 8};
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

TEST(JudgeMeasurement, SaysNothingWithoutLimits) {
  EXPECT_EQ(judge(with(5, {})), std::nullopt);
  EXPECT_EQ(judge(with(kNaN, {})), std::nullopt);
}

TEST(JudgeMeasurement, TakesLimitsAsInclusive) {
  EXPECT_EQ(judge(with(10, kAll)), Verdict::Marginal);
  EXPECT_EQ(judge(with(10.001, kAll)), Verdict::Failed);
  EXPECT_EQ(judge(with(8, kAll)), Verdict::Passed);
  EXPECT_EQ(judge(with(2, kAll)), Verdict::Passed);
  EXPECT_EQ(judge(with(0, kAll)), Verdict::Marginal);
  EXPECT_EQ(judge(with(-0.001, kAll)), Verdict::Failed);
}

TEST(JudgeMeasurement, WorksWithOneLimitOnly) {
  Limits limits;
  limits.warn_max = 5;

  EXPECT_EQ(judge(with(6, limits)), Verdict::Marginal);
  EXPECT_EQ(judge(with(-1e300, limits)), Verdict::Passed);
}

TEST(JudgeMeasurement, IsInconclusiveWhenAnythingIsNotANumber) {
  EXPECT_EQ(judge(with(kNaN, kAll)), Verdict::Inconclusive);
  EXPECT_EQ(judge(with(kInfinity, kAll)), Verdict::Inconclusive);
  auto limits = kAll;
  limits.max = kNaN;
  EXPECT_EQ(judge(with(5, limits)), Verdict::Inconclusive);
}

TEST(PromisedMeasurements, AreNamesWithOptionalLimits) {
  EXPECT_THAT(
      parse_promised_measurements("dark_rate [0, 2600] Hz, gain ,x[,1e3],y [-5,] m/s, z [1,2]%"),
      testing::Optional(
          testing::ElementsAre(PromisedMeasurement{"dark_rate", 0, 2600, "Hz"},
                               PromisedMeasurement{"gain", std::nullopt, std::nullopt, ""},
                               PromisedMeasurement{"x", std::nullopt, 1000, ""},
                               PromisedMeasurement{"y", -5, std::nullopt, "m/s"},
                               PromisedMeasurement{"z", 1, 2, "%"})));
}

TEST(PromisedMeasurements, AreRefusedInAnyOtherForm) {
  for (const std::string text : {"",
                                 ",",
                                 "a,",
                                 ",a",
                                 "a b",
                                 "a [0 1]",
                                 "a [0, 1",
                                 "a 0, 1]",
                                 "a [1, 0]",
                                 "a [x, 1]",
                                 "a [0, 1, 2]",
                                 "a [0,1] Hz Hz",
                                 "[0, 1] Hz",
                                 "a [[0,1]]",
                                 "a [nan,]",
                                 "a, a"}) {
    EXPECT_EQ(parse_promised_measurements(text), std::nullopt) << text;
  }
}

TEST(PromisedMeasurements, AreRefusedInATextWithoutBound) {
  EXPECT_TRUE(parse_promised_measurements(std::string(60, 'x')));
  EXPECT_FALSE(parse_promised_measurements(std::string(65'537, 'x')));
}

}  // namespace fat
