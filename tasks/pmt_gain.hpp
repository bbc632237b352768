// One PMT of an open module -> its gain at several high voltages, and the curve through them.
#pragma once

#include <optional>
#include <vector>

#include "analysis/electron_height.hpp"
#include "analysis/gain_scan.hpp"
#include "high_voltage.hpp"
#include "pmt_readings.hpp"

namespace fat {

/// One high voltage of a scan.
struct MeasuredGain {
  ScanPoint point;
  Hertz rate;                   ///< of pulses over the threshold
  std::vector<double> charges;  ///< pC, by pulse
  ChargePeak peak;
  std::optional<Volts> height;  ///< of a single photo-electron
};

struct PmtGain {
  double baseline = 0;  ///< ADC counts
  std::vector<MeasuredGain> points;
  GainCurve curve;
  std::optional<Volts> height;  ///< of a single photo-electron at the voltage for 1e7

  /// Mean distance of the voltages that were set from those read back.
  Volts hv_deviation() const;
};

/// How the pulses of one high voltage are taken.
struct GainPulses {
  double baseline = 0;  ///< ADC counts
  int events = 10000;
  bool stamps = false;  ///< the board's own charges: no waveforms, no heights
};

struct GainScan {
  Volts start{1500};
  int events = 10000;  ///< pulses per high voltage
  bool stamps = false;
  int quiet_waveforms = 50;  ///< of the baseline
  ScanRule rule;
};

/// Pulses, their charges, and the peak of the single photo-electron, at the high voltage that is
/// there. A fit that fails is tried once more with new pulses. nullopt: fewer pulses than 200 Hz.
/// Throws DeviceError, FitError.
std::optional<MeasuredGain> measure_gain_point(const PmtChannel& pmt,
                                               PmtHighVoltage& high_voltage,
                                               const GainPulses& pulses);

/// The voltage for a gain of 1e7 as it is known, or 1500 V; whole, and within a scan's bounds.
Volts start_of_scan(const PmtRecord& pmt);

/// The reference's scan (1e): from the start in steps of 40 V towards 1e7, then where the curve
/// points. Leaves the high voltage at its last point. Throws DeviceError, FitError.
PmtGain scan_gain(const PmtChannel& pmt, PmtHighVoltage& high_voltage, const GainScan& scan);

}  // namespace fat
