// PMTs of an open module at their voltages, in the dark -> whether they are as they were: charge of
// a photo-electron, dark rate, intervals.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dark_pulses.hpp"
#include "pmt_gain.hpp"
#include "pmt_result.hpp"
#include "spe_spectrum.hpp"

namespace fat {

struct MonitorWish {
  int check_events = 0;  ///< waveforms that the charge is taken from
  int readings = 0;      ///< periods of 100 ms
  int stamps = 0;
  bool fir = false;
};

/// The parameters of both tasks that monitor: `use_fir`, `check_events`, `readings`, `stamps`.
void add_monitor_parameters(TaskInfo& info, int check_events);
/// Throws std::runtime_error for numbers that make no sense.
MonitorWish monitor_wish_of(const TaskContext& context);

/// The argument, when it lies within the bounds; else throws std::runtime_error.
int bounded_argument(const TaskContext& context, const char* name, int lowest, int highest);

/// What was found of one PMT.
struct MonitoredPmt {
  int channel = 0;
  double volts = 0;  ///< as read back
  DarkCounts counts;
  std::optional<MeasuredGain> check;
  std::string why;  ///< there is no check
  std::optional<SpeSpectrum> spectrum;
};

class PmtMonitor {
 public:
  /// All must outlive it.
  PmtMonitor(const TaskContext& context, const MonitorWish& wish, const DataFiles& files)
      : context_(context), wish_(wish), files_(files) {}

  /// Baseline (100 waveforms) and charges one after the other, then counts of all at the same time,
  /// then stamps. Throws DeviceError.
  std::vector<MonitoredPmt> look(const TaskModule& module,
                                 DetectorModule& session,
                                 const std::vector<int>& channels) const;

  /// Measurements, files NAME_..., a line for people (a warning when somebody should look).
  void tell(const PmtResult& pmt,
            const MonitoredPmt& found,
            double celsius,
            const std::string& name) const;

 private:
  void check(const TaskModule& module, DetectorModule& session, MonitoredPmt& found) const;

  const TaskContext& context_;
  const MonitorWish& wish_;
  const DataFiles& files_;
};

}  // namespace fat
