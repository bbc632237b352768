// One PMT of an open module -> its high voltage where it should be, as read back.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "fat/ports/task.hpp"

namespace fat {

/// V, as read back from a channel that is off: at most.
inline constexpr double kHvGone = 50;

struct HvState {
  bool on = false;
  double volts = 0;  ///< as read back
};

/// Every function throws DeviceError. The module must outlive it.
class PmtHighVoltage {
 public:
  PmtHighVoltage(const TaskContext& context,
                 const TaskModule& module,
                 DetectorModule& session,
                 int channel);

  HvState state();
  /// V, by the slow ADC.
  double read();
  /// Mean of `count` readings, V.
  double read_mean(int count);
  /// Switches on where it is off, sets, and waits until it reads back there and stays. The board
  /// ramps at 50 V/s; Refused when it is late.
  void ramp_to(double volts);
  /// Sets 0, disables, waits until it reads back as gone.
  void switch_off();
  /// There, or off.
  void bring_to(const HvState& state);

  /// "DEgg2021-3-133 upper"
  const std::string& name() const { return name_; }

 private:
  struct Goal {
    double volts = 0, tolerance = 0;
  };

  void wait_for(const Goal& goal);

  const TaskContext& context_;
  DetectorModule& session_;
  int channel_;
  std::string name_;
};

/// Where a task leaves a high voltage that it has moved.
enum class HvAfter { AsBefore, On, Off };

/// The parameter `hv_after` of tasks, and its value. Throws std::runtime_error for another word.
ParameterInfo hv_after_parameter();
HvAfter hv_after_argument(const TaskContext& context);

/// Does the work, which moves the high voltage, and leaves it as `after` says: On means at the
/// voltage that `work` returns. When the work throws, the high voltage goes back to where it was;
/// when not even that can be done, that is said as critical.
void with_high_voltage(const TaskContext& context,
                       PmtHighVoltage& high_voltage,
                       HvAfter after,
                       const std::function<double()>& work);

/// Brings the PMTs of one module to their voltages for a gain of 1e7, does the work on the channels
/// that are there, and leaves each as `after` says. A PMT whose voltage is not known, or that does
/// not come up, is inconclusive; no work when there is none.
void at_nominal_voltage(const TaskContext& context,
                        const TaskModule& module,
                        DetectorModule& session,
                        const std::function<void(const std::vector<int>& channels)>& work);

}  // namespace fat
