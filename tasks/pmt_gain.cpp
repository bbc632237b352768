// One PMT of an open module -> its gain at several high voltages, and the curve through them.
#include "pmt_gain.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analysis/pulse_charge.hpp"
#include "dark_pulses.hpp"
#include "module_work.hpp"

namespace fat {
namespace {

constexpr double kDefaultVoltage = 1500;  // V, of a PMT whose gain was never measured
constexpr int kGainThreshold = 25;        // ADC counts over the baseline
constexpr int kReadbacks = 5;             // before, and after
constexpr int kTaste = 200;  // pulses that tell whether it is worth while to wait for all
constexpr Hertz kHopeless{kLowestPulseRate.value / 2};

std::vector<double> gate_charges_of(const std::vector<PmtWaveform>& pulses) {
  std::vector<double> charges;
  charges.reserve(pulses.size());
  for (const auto& pulse : pulses) {
    charges.push_back(gate_charge(pulse.adc, baseline_of(pulse.adc)).value);
  }
  return charges;
}

std::optional<Volts> height_of(const std::vector<PmtWaveform>& pulses,
                               const std::vector<double>& charges,
                               Picocoulombs electron) {
  std::vector<ChargedPulse> all;
  all.reserve(pulses.size());
  for (std::size_t i = 0; i < pulses.size(); ++i) {
    all.push_back({pulses[i].adc, {charges[i]}});
  }
  return electron_height(all, electron);
}

/// What was read at one high voltage.
struct Pulses {
  std::vector<double> charges;  ///< pC
  Hertz rate;
  std::vector<PmtWaveform> waveforms;  ///< none of stamps
};

Pulses read(const PmtChannel& pmt, const GainPulses& wish, int count) {
  if (wish.stamps) {
    const auto stamps = read_stamps(pmt, wish.baseline, {.over_baseline = kGainThreshold}, count);
    return {.charges = charges_of(stamps), .rate = pulse_rate(stamps), .waveforms = {}};
  }
  const int threshold = static_cast<int>(std::lround(wish.baseline)) + kGainThreshold;
  auto waveforms = read_pulses(pmt, threshold, count);
  return {.charges = gate_charges_of(waveforms),
          .rate = pulse_rate(waveforms),
          .waveforms = std::move(waveforms)};
}

/// nullopt when it is too dark.
std::optional<MeasuredGain> attempt_point(const PmtChannel& pmt,
                                          PmtHighVoltage& high_voltage,
                                          const GainPulses& wish) {
  MeasuredGain result;
  const double before = high_voltage.read_mean(kReadbacks);
  if (read(pmt, wish, kTaste).rate < kHopeless) {
    return std::nullopt;  // all of them would take hours
  }
  auto pulses = read(pmt, wish, wish.events);
  const double after = high_voltage.read_mean(kReadbacks);
  result.rate = pulses.rate;
  if (result.rate < kLowestPulseRate) {
    return std::nullopt;
  }
  result.charges = std::move(pulses.charges);
  result.peak = fit_charge_peak(result.charges);
  result.point.measured = {.voltage = {(before + after) / 2},
                           .gain = gain_of(result.peak.mean),
                           .error = gain_of(result.peak.mean_error)};
  result.height = height_of(pulses.waveforms, result.charges, result.peak.mean);
  return result;
}

/// At `set`, or at a higher voltage where the PMT is bright enough.
MeasuredGain measure_at(const PmtChannel& pmt,
                        PmtHighVoltage& high_voltage,
                        double baseline,
                        const GainScan& at) {
  for (Volts set = at.start;;) {
    high_voltage.ramp_to(set.value);
    if (auto found = measure_gain_point(
            pmt, high_voltage, {.baseline = baseline, .events = at.events, .stamps = at.stamps})) {
      found->point.set = set;
      return std::move(*found);
    }
    const auto next = brighter_voltage(set);
    if (!next) {
      throw FitError(
          fmt::format("fewer pulses than {:.0f} Hz even at {:.0f} V: is the PMT connected?",
                      kLowestPulseRate.value,
                      set.value));
    }
    set = *next;
  }
}

void fit_all(PmtGain& gain) {
  std::vector<GainPoint> points;
  std::vector<HeightPoint> heights;
  for (const auto& one : gain.points) {
    points.push_back(one.point.measured);
    if (one.height) {
      heights.push_back({one.point.measured.voltage, *one.height});
    }
  }
  gain.curve = fit_gain_curve(points);
  gain.height = height_at(gain.curve.nominal, heights);
}

}  // namespace

Volts PmtGain::hv_deviation() const {
  double sum = 0;
  for (const auto& one : points) {
    sum += one.point.set.value - one.point.measured.voltage.value;
  }
  return {std::abs(sum) / static_cast<double>(points.size())};
}

std::optional<MeasuredGain> measure_gain_point(const PmtChannel& pmt,
                                               PmtHighVoltage& high_voltage,
                                               const GainPulses& pulses) {
  try {
    return attempt_point(pmt, high_voltage, pulses);
  } catch (const FitError& error) {
    say(pmt.context, fmt::format("{}: {}; measured again", high_voltage.name(), error.what()));
    return attempt_point(pmt, high_voltage, pulses);
  }
}

Volts start_of_scan(const PmtRecord& pmt) {
  return {std::clamp(std::floor(pmt.nominal_voltage.value_or(kDefaultVoltage)),
                     kLowestScanVoltage.value,
                     kHighestScanVoltage.value)};
}

PmtGain scan_gain(const PmtChannel& pmt, PmtHighVoltage& high_voltage, const GainScan& scan) {
  PmtGain gain;
  high_voltage.ramp_to(scan.start.value);
  gain.baseline = measure_baseline(pmt, scan.quiet_waveforms);
  std::vector<ScanPoint> done;
  auto at = scan;
  for (std::optional<Volts> next = scan.start; next; next = next_scan_voltage(done, scan.rule)) {
    at.start = *next;
    gain.points.push_back(measure_at(pmt, high_voltage, gain.baseline, at));
    done.push_back(gain.points.back().point);
  }
  fit_all(gain);
  return gain;
}

}  // namespace fat
