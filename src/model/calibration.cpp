#include "fat/model/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <ranges>
#include <stdexcept>
#include <utility>

#include <muParser.h>

namespace fat {
namespace {

constexpr std::size_t kLongestFormula = 1000;

/// IEC 60751: R(t) / R(0).
double platinum_ratio(double celsius) {
  constexpr double a = 3.9083e-3, b = -5.775e-7, c = -4.183e-12;
  const double below = celsius < 0 ? c * (celsius - 100) * celsius * celsius * celsius : 0;
  return 1 + (a * celsius) + (b * celsius * celsius) + below;
}

bool is_ascending(const std::vector<CalibrationPoint>& table) {
  return std::ranges::adjacent_find(table, [](const auto& one, const auto& next) {
           return !(one.raw < next.raw);
         }) == table.end();
}

std::optional<double> interpolated(const std::vector<CalibrationPoint>& table, double raw) {
  const auto above = std::ranges::lower_bound(table, raw, {}, &CalibrationPoint::raw);
  if (above == table.end() || (above == table.begin() && above->raw != raw)) {
    return std::nullopt;
  }
  if (above->raw == raw) {
    return above->value;
  }
  const auto below = std::prev(above);
  const auto part = (raw - below->raw) / (above->raw - below->raw);
  return below->value + (part * (above->value - below->value));
}

double polynomial(const std::vector<double>& coefficients, double raw) {
  double value = 0;
  for (const double coefficient : std::ranges::reverse_view(coefficients)) {
    value = (value * raw) + coefficient;
  }
  return value;
}

}  // namespace

/// Evaluated once when it is made, so that a mistake is found before the first reading.
class Calibrator::Formula {
 public:
  explicit Formula(const std::string& text) {
    if (text.empty() || text.size() > kLongestFormula) {
      throw std::invalid_argument{"a formula has 1 to 1000 characters"};
    }
    try {
      parser_.DefineVar("x", &x_);
      parser_.SetExpr(text);
      static_cast<void>(parser_.Eval());
      if (parser_.GetNumResults() != 1) {
        throw std::invalid_argument{"a formula has one result"};
      }
    } catch (const mu::Parser::exception_type& error) {
      throw std::invalid_argument{error.GetMsg()};
    }
  }

  std::optional<double> of(double raw) const {
    x_ = raw;
    try {
      return parser_.Eval();
    } catch (const mu::Parser::exception_type&) {
      return std::nullopt;
    }
  }

 private:
  mutable double x_ = 1;  // the parser reads it where it stands
  mu::Parser parser_;
};

std::vector<CalibrationPoint> platinum_table(double ohm_at_zero) {
  constexpr int coldest = -200, hottest = 850;
  std::vector<CalibrationPoint> table;
  table.reserve(hottest - coldest + 1);
  for (int celsius = coldest; celsius <= hottest; ++celsius) {
    const auto degrees = static_cast<double>(celsius);
    table.push_back({ohm_at_zero * platinum_ratio(degrees), degrees});
  }
  return table;
}

std::string calibration_problem(const Calibration& calibration) {
  try {
    const Calibrator usable{calibration};
    return {};
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

Calibrator::Calibrator(const Calibration& calibration) : calibration_(calibration) {
  switch (calibration.kind) {
    case CalibrationKind::None:
      break;
    case CalibrationKind::Polynomial:
      if (calibration.coefficients.empty()) {
        throw std::invalid_argument{"a polynomial has at least one coefficient"};
      }
      break;
    case CalibrationKind::Table:
      if (calibration.table.size() < 2 || !is_ascending(calibration.table)) {
        throw std::invalid_argument{
            "a table has at least two points, and what the instrument says goes up from each to "
            "the next"};
      }
      break;
    case CalibrationKind::Formula:
      formula_ = std::make_unique<Formula>(calibration.formula);
      break;
  }
}

Calibrator::~Calibrator() = default;
Calibrator::Calibrator(Calibrator&&) noexcept = default;
Calibrator& Calibrator::operator=(Calibrator&&) noexcept = default;

std::optional<double> Calibrator::operator()(double raw) const {
  std::optional<double> value;
  switch (calibration_.kind) {
    case CalibrationKind::None:
      value = raw;
      break;
    case CalibrationKind::Polynomial:
      value = polynomial(calibration_.coefficients, raw);
      break;
    case CalibrationKind::Table:
      value = interpolated(calibration_.table, raw);
      break;
    case CalibrationKind::Formula:
      value = formula_->of(raw);
      break;
  }
  return value && std::isfinite(*value) ? value : std::nullopt;
}

}  // namespace fat
