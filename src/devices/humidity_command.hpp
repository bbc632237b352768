// A program that prints a humidity (USBRH and the like) -> the reading.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "devices/link_lock.hpp"
#include "devices/process_link.hpp"
#include "devices/session.hpp"
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

/// Runs the program anew for each reading, at most `first_byte` long.
class HumidityCommand : public HumiditySensor {
 public:
  HumidityCommand(const Clock& clock,
                  std::string device,
                  std::vector<std::string> words,
                  const LinkTimeouts& timeouts,
                  const HumidityColumns& columns);

  HumidityReading read() override;

 private:
  const Clock& clock_;
  std::string device_;
  ProcessLink link_;
  LinkTimeouts timeouts_;
  HumidityColumns columns_;
};

}  // namespace fat
