// A program that prints a humidity (USBRH and the like) -> the reading.
#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "devices/program_output.hpp"
#include "fat/ports/instruments.hpp"

namespace fat {

/// Which number of the program's first line is what, counted from 1; 0: it prints none.
struct HumidityColumns {
  int humidity = 1;
  int temperature = 0;
};

/// nullopt when the first line does not hold those numbers, or the humidity is not 0..100 %.
std::optional<HumidityReading> parse_humidity(std::string_view output,
                                              const HumidityColumns& columns);

/// Runs the program anew for each reading.
class HumidityCommand : public HumiditySensor {
 public:
  HumidityCommand(SensorProgram program, const HumidityColumns& columns)
      : program_(std::move(program)), columns_(columns) {}

  HumidityReading read() override;

 private:
  SensorProgram program_;
  HumidityColumns columns_;
};

}  // namespace fat
