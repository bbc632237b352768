// What a task's file says about itself: its TaskInfo and the function that performs it.
#pragma once

#include <string>

#include "fat/model/task_info.hpp"
#include "fat/ports/task.hpp"

namespace fat {

struct BuiltinTask {
  TaskInfo info;
  TaskFunction perform = nullptr;  ///< nullptr: the engine does it itself
  TaskFunction verify = nullptr;  ///< asks the hardware whether it is done; nullptr: nothing to ask
};

/// Required when it has no default.
ParameterInfo parameter(std::string name,
                        ParameterType type,
                        std::string default_text,
                        std::string help);

/// One that may be left out although it has no default.
ParameterInfo optional_parameter(std::string name, ParameterType type, std::string help);

// One for each file of this folder that holds a task, in the catalog's order.
BuiltinTask setup_task();
BuiltinTask check_peripherals_task();
BuiltinTask check_laser_freq_task();
BuiltinTask check_laser_visibility_task();
BuiltinTask check_filters_task();
BuiltinTask status_check_task();
BuiltinTask bootmon_task();
BuiltinTask measure_gain_task();
BuiltinTask validate_gain_task();
BuiltinTask measure_scaler_task();
BuiltinTask measure_spe_task();
BuiltinTask online_mon_task();
BuiltinTask slowmon_task();
BuiltinTask constant_monitor_task();
BuiltinTask hv_off_task();
BuiltinTask measure_hv_task();
BuiltinTask disable_laser_task();
BuiltinTask disable_all_lights_task();
BuiltinTask set_temperature_task();
BuiltinTask dummy_wrapper_task();
BuiltinTask set_channel_task();
BuiltinTask wait_for_channel_task();
BuiltinTask tell_task();
BuiltinTask wait_time_task();
BuiltinTask manual_input_task();
BuiltinTask backup_task();

}  // namespace fat
