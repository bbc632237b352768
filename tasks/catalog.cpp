// The list of built-in tasks. A new task gets a file of its own, a declaration in builtin_task.hpp
// and a line here.
#include "fat/tasks/catalog.hpp"

#include <stdexcept>
#include <string>

#include "builtin_task.hpp"

namespace fat {
namespace {

const std::vector<BuiltinTask>& entries() {
  static const std::vector<BuiltinTask> list{status_check_task(),
                                             measure_gain_task(),
                                             validate_gain_task(),
                                             measure_scaler_task(),
                                             disable_laser_task(),
                                             set_temperature_task(),
                                             dummy_wrapper_task(),
                                             wait_time_task(),
                                             manual_input_task(),
                                             backup_task()};
  return list;
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

TaskExit run_task(std::string_view name, const TaskContext& context) {
  for (const auto& entry : entries()) {
    if (entry.info.name == name && entry.perform != nullptr) {
      return entry.perform(context);
    }
  }
  throw std::invalid_argument{"no built-in task '" + std::string{name} + "' that is a process"};
}

}  // namespace fat
