// Voltage, temperature and light of one PMT -> its pulses.
#include "sim/pulse_source.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "fat/sim/pmt_truth.hpp"

namespace fat {
namespace {

constexpr double kElectron = 1.60217662e-7;  // pC
constexpr double kSpread = 0.35;             // of one photo-electron's charge
constexpr double kSmallest = 0.3;            // of its mean
constexpr double kSeveral = 0.005;           // of the dark pulses: light in the glass
constexpr double kMoreThanTwo = 0.75;        // of those, each further one
constexpr double kPickUpRate = 0.5;          // Hz
constexpr double kPickUp = 4;                // pC
constexpr double kJitter = 3e-9;             // s, of the laser and the PMT
constexpr double kSamePulse = 20e-9;         // s: more than all jitter
constexpr double kVoltsPerCount = 0.075e-3;
constexpr double kCountsPerPicocoulomb = 1e-12 * 240e6 * 36.96 / kVoltsPerCount;  // times samples
constexpr double kSkew = 0.37;

}  // namespace

double PulseSource::charge(int electrons, const PmtSurroundings& around, Random& random) const {
  const double one = kElectron * true_gain(pmt_, around.volts, around.celsius);
  double sum = 0;
  for (int i = 0; i < electrons; ++i) {
    double part = 0;
    do {
      part = 1 + (kSpread * random.normal());
    } while (part < kSmallest);
    sum += part * one;
  }
  return sum;
}

double PulseSource::dark_charge(const PmtSurroundings& around, Random& random) const {
  int electrons = 1;
  if (random.uniform() < kSeveral) {
    do {
      ++electrons;
    } while (random.uniform() < kMoreThanTwo);
  }
  return charge(electrons, around, random);
}

double PulseSource::laser_charge(const PmtSurroundings& around, Random& random) const {
  return charge(random.poisson(around.light), around, random);
}

PmtPulse PulseSource::next(double time, const PmtSurroundings& around, Random& random) const {
  const double dark_rate = true_dark_rate(pmt_, around.celsius);
  const double all = dark_rate + kPickUpRate;
  const double by_chance = time + (random.exponential() / all);
  if (around.light > 0) {
    const double number = std::floor((time + kSamePulse) * around.laser_frequency) + 1;
    const double by_laser = number / around.laser_frequency;
    if (by_laser <= by_chance) {
      return {by_laser + (kJitter * random.normal()), laser_charge(around, random)};
    }
  }
  const bool is_dark_pulse = random.uniform() * all < dark_rate;
  return {by_chance, is_dark_pulse ? dark_charge(around, random) : kPickUp};
}

double PulseSource::electrons(double picocoulombs, const PmtSurroundings& around) const {
  const double one = kElectron * true_gain(pmt_, around.volts, around.celsius);
  return one > 0 ? std::min(picocoulombs / one, 1e4) : 0;
}

double PulseSource::height(double picocoulombs) const {
  const double one = kElectron * 1e7;
  return picocoulombs / one * pmt_.spe_peak_height / kVoltsPerCount;
}

// A log-normal curve whose area is the charge when its height is the one above.
double PulseSource::shape(double samples) const {
  const double area = kElectron * 1e7 * kCountsPerPicocoulomb;
  const double width = area / height(kElectron * 1e7);
  const double to_peak =
      width / (kSkew * std::sqrt(2 * std::numbers::pi) * std::exp(kSkew * kSkew / 2));
  const double since_start = samples + to_peak;
  if (since_start <= 0 || since_start > 10 * to_peak) {
    return 0;
  }
  const double away = std::log(since_start / to_peak) / kSkew;
  return std::exp(-away * away / 2);
}

}  // namespace fat
