// Numbers of a measurement -> numbers that cannot be taken for each other.
#pragma once

#include <compare>

namespace fat {

struct Volts {
  double value = 0;
  auto operator<=>(const Volts&) const = default;
};

struct Picocoulombs {
  double value = 0;
  auto operator<=>(const Picocoulombs&) const = default;
};

struct Hertz {
  double value = 0;
  auto operator<=>(const Hertz&) const = default;
};

/// What the front end of a D-Egg's mainboard is made of (reference 1e).
constexpr Volts kVoltsPerCount{0.075e-3};  ///< of the ADC; boards of revision 3: 0.089e-3
constexpr Hertz kAdcClock{240e6};          ///< samples, and ticks of a time stamp, per second
constexpr double kFrontEndOhm = 36.96;

/// The gain that a D-Egg's high voltage is set for.
constexpr double kNominalGain = 1e7;

/// One electron times 1e7: gain = charge / 1.602e-7 pC (reference 1e).
constexpr Picocoulombs kElectronAtNominalGain{1.602176620};

constexpr double gain_of(Picocoulombs charge) {
  return charge.value / kElectronAtNominalGain.value * kNominalGain;
}

}  // namespace fat
