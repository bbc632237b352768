// One PMT of an open module -> its baseline, its pulses.
#pragma once

#include <vector>

#include "analysis/units.hpp"
#include "fat/ports/task.hpp"

namespace fat {

/// Which PMT of which open module. What it names must outlive it.
struct PmtChannel {
  const TaskContext& context;
  DetectorModule& session;
  int channel = 0;
  int dac = 30000;  ///< puts the baseline near 8000 ADC counts; 5000 in much light (reference 1e)
};

/// Mean of all samples of software-triggered waveforms of so many samples each, ADC counts
/// (reference 1e). Throws DeviceError.
double measure_baseline(const PmtChannel& pmt, int waveforms, int samples = 1024);

/// Waveforms of 128 samples whose peaks cross `threshold` (ADC counts), up to `count`. Fewer when
/// none came for a minute although the module answers: the PMT is dark. Throws DeviceError.
std::vector<PmtWaveform> read_pulses(const PmtChannel& pmt, int threshold, int count);

/// By the first and the last time stamp; 0 with fewer than two.
Hertz pulse_rate(const std::vector<PmtWaveform>& pulses);
Hertz pulse_rate(const std::vector<ChargeStamp>& pulses);

}  // namespace fat
