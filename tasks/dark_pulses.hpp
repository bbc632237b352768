// PMTs of an open module in the dark -> their pulses: counted by the scalers, or one by one.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "analysis/charge_fit.hpp"
#include "analysis/dark_rate.hpp"
#include "pmt_readings.hpp"

namespace fat {

/// Where the board sees a pulse: in its samples, or behind its FIR filter (reference 1e).
struct DarkTrigger {
  int over_baseline = 0;  ///< ADC counts
  bool fir = false;
};

/// The parameter `use_fir`.
ParameterInfo use_fir_parameter();

/// A quarter of a photo-electron; `height` in V. Throws std::invalid_argument when nobody knows how
/// high one is (outside 1 to 10 mV).
DarkTrigger quarter_electron(std::optional<double> height, bool fir);

/// Beside what is armed already.
void arm_dark(DetectorModule& session, int channel, double baseline, const DarkTrigger& trigger);
void disarm(DetectorModule& session);

/// One PMT whose trigger is armed, and what was counted of it.
struct DarkCounts {
  int channel = 0;
  double baseline = 0;         ///< ADC counts
  std::vector<double> counts;  ///< by period of 100 ms

  /// What is said when there is no rate.
  static constexpr const char* kNoDarkRate =
      "more than 10000 pulses in 100 ms: is there light, is the threshold in the noise?";

  /// nullopt when there are more than 10000 in the median: that is light, or noise.
  std::optional<DarkRate> rate() const;
};

/// Appends `readings` periods to each, all at the same time. Throws DeviceError.
void count_pulses(const TaskContext& context,
                  DetectorModule& session,
                  std::span<DarkCounts> pmts,
                  int readings);

/// What the board says of `count` pulses over the trigger, in blocks of 400. A block that does not
/// come within 2 min is asked for again, three times altogether; then there are fewer when the
/// module answers. Leaves nothing armed. Throws DeviceError.
std::vector<ChargeStamp> read_stamps(const PmtChannel& pmt,
                                     double baseline,
                                     const DarkTrigger& trigger,
                                     int count);

/// pC, of the good ones.
std::vector<double> charges_of(std::span<const ChargeStamp> stamps);

/// s, from each stamp to the next; what does not rise is left out.
std::vector<double> intervals_of(std::span<const ChargeStamp> stamps);

/// Where a single photo-electron stands at a gain of 1e7, in pC: else somebody should look
/// (reference 1e).
inline const Limits kElectronLimits{.warn_min = 1.4, .warn_max = 1.8};

/// Above this a dark rate is one to look at, by the temperature at the module (reference 1e), Hz.
double highest_dark_rate(double celsius, bool fir);

}  // namespace fat
