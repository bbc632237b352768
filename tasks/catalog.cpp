// The list of built-in tasks. A new task gets a file of its own, a declaration in builtin_task.hpp
// and a line here.
#include "fat/tasks/catalog.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "builtin_task.hpp"

namespace fat {
namespace {

const std::vector<BuiltinTask>& entries() {
  static const std::vector<BuiltinTask> list{setup_task(),
                                             check_peripherals_task(),
                                             check_laser_freq_task(),
                                             check_laser_visibility_task(),
                                             check_filters_task(),
                                             status_check_task(),
                                             bootmon_task(),
                                             measure_gain_task(),
                                             validate_gain_task(),
                                             measure_scaler_task(),
                                             measure_spe_task(),
                                             online_mon_task(),
                                             slowmon_task(),
                                             constant_monitor_task(),
                                             hv_off_task(),
                                             measure_hv_task(),
                                             disable_laser_task(),
                                             disable_all_lights_task(),
                                             set_temperature_task(),
                                             dummy_wrapper_task(),
                                             set_channel_task(),
                                             wait_for_channel_task(),
                                             tell_task(),
                                             wait_time_task(),
                                             manual_input_task(),
                                             backup_task()};
  return list;
}

/// nullptr when there is none.
const BuiltinTask* find(std::string_view name) {
  const auto found = std::ranges::find_if(
      entries(), [name](const BuiltinTask& entry) { return entry.info.name == name; });
  return found == entries().end() ? nullptr : &*found;
}

}  // namespace

const TaskCatalog& catalog() {
  static const TaskCatalog infos = [] {
    TaskCatalog result;
    for (const auto& entry : entries()) {
      result.push_back(entry.info);
    }
    return result;
  }();
  return infos;
}

const TaskCatalog& catalog_of(const Station& station) {
  static const TaskCatalog probed = [] {
    auto infos = catalog();
    auto& status_check = *std::ranges::find(infos, "status_check", &TaskInfo::name);
    status_check.measurements.clear();
    status_check.needs_ports = false;
    return infos;
  }();
  return station.modules.probe.empty() ? catalog() : probed;
}

TaskExit run_task(std::string_view name, const TaskContext& context) {
  const auto* entry = find(name);
  if (entry == nullptr || entry->perform == nullptr) {
    throw std::invalid_argument{"no built-in task '" + std::string{name} + "' that is a process"};
  }
  return entry->perform(context);
}

bool can_verify(std::string_view name) {
  const auto* entry = find(name);
  return entry != nullptr && entry->verify != nullptr;
}

TaskExit verify_task(std::string_view name, const TaskContext& context) {
  if (!can_verify(name)) {
    throw std::invalid_argument{"task '" + std::string{name} + "' has nothing to verify"};
  }
  return find(name)->verify(context);
}

}  // namespace fat
