// Charge stamps of one PMT in the dark -> where a single photo-electron stands, how pulses follow
// one another.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/charge_fit.hpp"
#include "dark_pulses.hpp"
#include "data_files.hpp"
#include "pmt_result.hpp"

namespace fat {

struct SpeSpectrum {
  std::vector<ChargeStamp> stamps;
  std::optional<ChargePeak> peak;  ///< absent when it cannot be fitted
  std::string why;                 ///< it is absent
  double mean_interval = 0;        ///< s; 0 with fewer than two stamps
};

/// `count` stamps over a quarter photo-electron. Throws DeviceError, std::invalid_argument when
/// nobody knows how high one is.
SpeSpectrum read_spe(const PmtChannel& pmt, double baseline, const DarkTrigger& trigger, int count);

/// Both as measurements `spe_peak_charge` (to be looked at outside 1.4 to 1.8 pC) and
/// `pulse_interval`; a PMT without a peak is inconclusive.
void report_spe(const PmtResult& pmt, const SpeSpectrum& spectrum);

/// NAME_intervals.csv and .svg, how many follow after so long, and NAME_spe.svg. Throws
/// std::runtime_error.
void write_spe_files(const DataFiles& files, const std::string& name, const SpeSpectrum& spectrum);

}  // namespace fat
