// A line of a program or of a file -> the numbers in its columns.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "devices/program_output.hpp"
#include "devices/sensor_instrument.hpp"

namespace fat {

/// A file that somebody else writes; its last whole line counts.
struct SensorFile {
  const Clock& clock;
  std::string device;
  std::string path;
  Microseconds maximum_age{0};  ///< since it was last written; 0: it may be of any age (sysfs)
};

/// Word `column` (from 1) of the line; blanks, tabs, commas and semicolons stand between words. A
/// word that is no number is none: columns never move.
std::optional<double> number_in_column(std::string_view line, int column);

/// Quantity "value" of as many inputs as there are columns.
class ColumnSensor : public SensorInstrument {
 public:
  ColumnSensor(SensorProgram program, int columns);
  ColumnSensor(SensorFile file, int columns);

 private:
  double measure(const std::string& quantity, int input) override;
  std::string line() const;

  std::variant<SensorProgram, SensorFile> source_;
};

}  // namespace fat
