// Modules that work -> the same after their power was off, with their FPGA images again.
#pragma once

#include <string>
#include <vector>

#include "module_power.hpp"

namespace fat {

struct RestartWish {
  bool cold = false;          ///< the whole wire pairs without power, not the modules only
  Microseconds off{0};        ///< how long without power
  Microseconds boot{0};       ///< how long a module may take to answer
  int rounds = 2;             ///< a module that does not come back is switched off and on again
  bool has_field_hub = true;  ///< false: each module's own word `reboot`; not for cold ones
};

/// What came of one module.
struct RestartResult {
  int rounds = 0;         ///< that it took, or that were tried in vain
  int fpga_version = -1;  ///< as read in the end; -1: it does not answer
  double celsius = 0;     ///< by its own slow ADC, when its image is right
  bool restarted = true;  ///< false: nobody could take its power; what it says tells nothing then
  bool good = false;      ///< was restarted, answers, and its image is right
  std::string why;        ///< it is not good
};

/// False when one that answers was not restarted: the task has not done its job.
bool all_were_restarted(const std::vector<RestartResult>& results);

/// High voltage off, power off, on, booted, newest image loaded where it is not the right one. By
/// place in `context.modules`. A module that fails does not keep the others from it. Absolute, so
/// it may be repeated. Throws std::runtime_error when there are no modules or no instruments.
std::vector<RestartResult> restart_modules(const TaskContext& context, const RestartWish& wish);

}  // namespace fat
