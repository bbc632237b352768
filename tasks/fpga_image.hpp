// An open module -> its FPGA holds the image that the module JSON names.
#pragma once

#include "fat/ports/task.hpp"

namespace fat {

/// The version that the module JSON names; where it names none, any image at all.
bool is_right_image(const TaskModule& module, int version);

/// Loads the newest image of the flash, at most `tries` times, until it is the right one. Returns
/// the version that is there in the end; reports no verdict. Throws DeviceError.
int repair_fpga_image(const TaskContext& context,
                      const TaskModule& module,
                      DetectorModule& session,
                      int tries);

/// Loads the newest image of the flash when the version differs, up to three times (reference 1e:
/// degg_check), and reports `fpga_version`. True when it holds the image it should, perhaps by now;
/// else the module has failed. Throws DeviceError.
bool check_fpga_image(const TaskContext& context,
                      const TaskModule& module,
                      DetectorModule& session);

}  // namespace fat
