// What an instrument says -> what the channel shows.
#include "fat/model/calibration.hpp"

#include <limits>
#include <stdexcept>

#include <gmock/gmock.h>

namespace fat {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

Calibration formula_of(const std::string& text) {
  return {.kind = CalibrationKind::Formula, .coefficients = {}, .table = {}, .formula = text};
}

double platinum_celsius(double ohm) {
  const Calibrator calibrator{{.kind = CalibrationKind::Table, .table = platinum_table(100)}};
  return calibrator(ohm).value_or(std::numeric_limits<double>::quiet_NaN());
}

TEST(Calibrator, LeavesAValueAsItIsWithoutACalibration) {
  EXPECT_EQ(Calibrator{{}}(21.5), 21.5);
}

TEST(Calibrator, IsAPolynomial) {
  const Calibrator kelvin{{.kind = CalibrationKind::Polynomial, .coefficients = {273.15, 1, 0.5}}};

  EXPECT_DOUBLE_EQ(kelvin(2).value_or(0), 277.15);
}

// Values of the tables of IEC 60751 for Pt100.
TEST(Calibrator, KnowsPlatinumAsTheStandardPrintsIt) {
  EXPECT_NEAR(platinum_celsius(18.521), -200, 0.01);
  EXPECT_NEAR(platinum_celsius(60.26), -100, 0.02);
  EXPECT_NEAR(platinum_celsius(100), 0, 1e-9);
  EXPECT_NEAR(platinum_celsius(138.51), 100, 0.02);
  EXPECT_NEAR(platinum_celsius(247.09), 400, 0.02);
  EXPECT_NEAR(platinum_celsius(390.48), 850, 0.02);
  EXPECT_NEAR(platinum_celsius(100.195), 0.5, 0.001);  // between two points
}

// A broken wire is no temperature: the reference's monitor calls both "0.00 K", which is cold.
TEST(Calibrator, SaysNothingBeyondItsTable) {
  const Calibrator calibrator{{.kind = CalibrationKind::Table, .table = platinum_table(100)}};

  for (const double ohm : {0.0, 18.0, 391.0, 1e9}) {
    EXPECT_FALSE(calibrator(ohm)) << ohm;
  }
  EXPECT_FALSE(calibrator(std::numeric_limits<double>::quiet_NaN()));
}

// The wide-range gauge of the cryostat: volt -> the factor's exponent changes at 2 V.
TEST(Calibrator, IsAFormula) {
  const Calibrator gauge{formula_of("x > 2 ? 10^((x-8.083)/0.667) : 10^((x-6.875)/0.6)")};

  EXPECT_NEAR(gauge(8.083).value_or(0), 1, 1e-9);
  EXPECT_NEAR(gauge(8.75).value_or(0), 10, 1e-9);
  EXPECT_NEAR(gauge(1.475).value_or(0), 1e-9, 1e-15);
}

TEST(Calibrator, SaysNothingWhereAFormulaGivesNoNumber) {
  const Calibrator inverse{formula_of("1/x")};

  EXPECT_FALSE(inverse(0));
  EXPECT_FALSE(Calibrator{formula_of("log10(x)")}(-1));
  EXPECT_EQ(inverse(4), 0.25);
}

TEST(CalibrationProblem, TellsWhatIsWrong) {
  EXPECT_THAT(calibration_problem(formula_of("2 * x +")), HasSubstr("expression"));
  EXPECT_THAT(calibration_problem(formula_of("2 * y")), HasSubstr("\"y\""));
  EXPECT_THAT(calibration_problem(formula_of("x, 1")), HasSubstr("one result"));
  EXPECT_THAT(calibration_problem(formula_of("")), HasSubstr("1 to 1000"));
  EXPECT_THAT(calibration_problem({.kind = CalibrationKind::Table, .table = {{1, 5}, {1, 6}}}),
              HasSubstr("goes up"));
  EXPECT_THAT(calibration_problem({.kind = CalibrationKind::Polynomial}), HasSubstr("coefficient"));
  EXPECT_THAT(calibration_problem({}), IsEmpty());
  EXPECT_THROW(Calibrator{formula_of("(")}, std::invalid_argument);
}

}  // namespace
}  // namespace fat
