// A virtual PMT's constants -> gain, dark rate, light.
#include "fat/sim/pmt_truth.hpp"

#include <cmath>

#include "sim/bench_model.hpp"

namespace fat {
namespace {

constexpr double kGainPerKelvin = -0.002;  // of itself
constexpr double kDoubling = 6;            // K for twice the thermal electrons
constexpr double kRoomRate = 20;           // degC at which `dark_warm` holds

double warmth(double celsius) {
  return 1 + (kGainPerKelvin * (celsius - kRoomTemperature));
}

}  // namespace

double true_gain(const PmtIdentity& pmt, double volts, double celsius) {
  return volts <= 0
             ? 0
             : 1e7 * warmth(celsius) * std::pow(volts / pmt.hv_for_1e7_gain, pmt.gain_exponent);
}

double true_voltage(const PmtIdentity& pmt, double gain, double celsius) {
  return pmt.hv_for_1e7_gain * std::pow(gain / 1e7 / warmth(celsius), 1 / pmt.gain_exponent);
}

double true_dark_rate(const PmtIdentity& pmt, double celsius) {
  return pmt.dark_cold + (pmt.dark_warm * std::exp2((celsius - kRoomRate) / kDoubling));
}

double true_light(const PmtIdentity& pmt, double transmission) {
  return pmt.light * transmission;
}

}  // namespace fat
