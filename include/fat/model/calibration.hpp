// What an instrument says (ohm, volt, counts) -> what the channel shows; written in station.ini.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fat {

enum class CalibrationKind { None, Polynomial, Table, Formula };

struct CalibrationPoint {
  double raw = 0, value = 0;

  bool operator==(const CalibrationPoint&) const = default;
};

/// Exactly one of the three is filled, as `kind` says.
struct Calibration {
  CalibrationKind kind = CalibrationKind::None;
  std::vector<double> coefficients;     ///< of 1, x, x^2, ...
  std::vector<CalibrationPoint> table;  ///< at least two, raw ascending
  std::string formula;                  ///< of x, in muparser's language

  bool operator==(const Calibration&) const = default;
};

/// IEC 60751: ohm -> degC from -200 to 850 degC, in steps of a degree, for a sensor of so many ohm
/// at 0 degC.
std::vector<CalibrationPoint> platinum_table(double ohm_at_zero);

/// "" when the calibration can be used, else what is wrong with it.
std::string calibration_problem(const Calibration& calibration);

/// Applies one calibration, again and again. Used by one thread at a time.
class Calibrator {
 public:
  /// Throws std::invalid_argument when `calibration_problem` has something to say.
  explicit Calibrator(const Calibration& calibration);
  ~Calibrator();
  Calibrator(Calibrator&&) noexcept;
  Calibrator& operator=(Calibrator&&) noexcept;

  /// nullopt where the calibration says nothing: beyond the table, or no finite number.
  std::optional<double> operator()(double raw) const;

 private:
  class Formula;
  Calibration calibration_;
  std::unique_ptr<Formula> formula_;
};

}  // namespace fat
