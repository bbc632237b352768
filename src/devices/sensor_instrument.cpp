// What all instruments have in common that can only be read.
#include "devices/sensor_instrument.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "fat/model/suggestion.hpp"

namespace fat {

void SensorInstrument::require(const std::string& quantity, int input) const {
  const auto found = std::ranges::find(all_, quantity, &InstrumentQuantity::name);
  if (found == all_.end()) {
    std::vector<std::string> known;
    std::ranges::transform(all_, std::back_inserter(known), &InstrumentQuantity::name);
    fail(DeviceFault::Refused,
         fmt::format("{} has no quantity '{}' but {}{}",
                     identity_,
                     quantity,
                     fmt::join(known, ", "),
                     did_you_mean(quantity, known)));
  }
  if (input < 1 || input > found->inputs) {
    fail(DeviceFault::Refused,
         fmt::format("has {} 1 to {}, not {}", quantity, found->inputs, input));
  }
}

double SensorInstrument::read(const std::string& quantity, int input) {
  require(quantity, input);
  return measure(quantity, input);
}

void SensorInstrument::set(const std::string& quantity, int input, double /*value*/) {
  require(quantity, input);
  fail(DeviceFault::Refused, fmt::format("{} can only be read", quantity));
}

}  // namespace fat
