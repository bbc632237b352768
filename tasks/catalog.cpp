// The list of built-in tasks. A new task gets a file of its own and an entry here.
#include "fat/tasks/catalog.hpp"

#include <stdexcept>
#include <string>
#include <utility>

#include "backup.hpp"
#include "disable_laser.hpp"
#include "set_temperature.hpp"
#include "status_check.hpp"

namespace fat {
namespace {

/// A task and what performs it; nullptr for those the engine performs itself.
struct Entry {
  TaskInfo info;
  TaskFunction function = nullptr;
};

TaskInfo wait_time_info() {
  TaskInfo info;
  info.name = "wait_time";
  info.summary =
      "wait for a duration or until a time of day; after a crash only the rest is waited";
  info.kind = StepKind::Wait;
  info.recovery = Recovery::Rerun;
  info.reads_run_json = false;
  info.parameters = {{.name = "duration",
                      .type = ParameterType::Duration,
                      .required = false,
                      .default_text = {},
                      .help = "how long, e.g. 90 min (this or until)"},
                     {.name = "until",
                      .type = ParameterType::DateTime,
                      .required = false,
                      .default_text = {},
                      .help = "local time, e.g. 2026-11-22 07:00 (this or duration)"}};
  return info;
}

TaskInfo manual_input_info() {
  TaskInfo info;
  info.name = "manual_input";
  info.summary = "ask a person: yes goes on, no stops the run with a reason";
  info.kind = StepKind::Prompt;
  info.recovery = Recovery::Rerun;
  info.reads_run_json = false;
  info.parameters = {{.name = "message",
                      .type = ParameterType::Text,
                      .required = false,
                      .default_text = "Continue?",
                      .help = "what the person is asked"}};
  return info;
}

TaskInfo status_check_info() {
  TaskInfo info;
  info.name = "status_check";
  info.summary =
      "all modules at once: FPGA image (repaired when it is another), temperature, high voltage";
  info.recovery = Recovery::Rerun;
  info.needs_modules = true;
  info.parameters = {
      {.name = "reboot",
       .type = ParameterType::Boolean,
       .required = false,
       .default_text = "false",
       .help = "kept for the original's call; true is not available in this version"}};
  info.measurements = {{.name = "fpga_version", .min = {}, .max = {}, .unit = {}},
                       {.name = "temperature", .min = {}, .max = {}, .unit = "degC"},
                       {.name = "hv0", .min = {}, .max = {}, .unit = "V"},
                       {.name = "hv1", .min = {}, .max = {}, .unit = "V"}};
  info.estimate = std::chrono::seconds{5};
  return info;
}

TaskInfo backup_info() {
  TaskInfo info;
  info.name = "backup";
  info.summary =
      "snapshot of run JSON, module JSONs and journal to every [backup ...] of station.ini";
  info.recovery = Recovery::Rerun;
  info.estimate = std::chrono::seconds{5};
  return info;
}

ParameterInfo parameter(std::string name,
                        ParameterType type,
                        std::string default_text,
                        std::string help) {
  return {.name = std::move(name),
          .type = type,
          .required = default_text.empty(),
          .default_text = std::move(default_text),
          .help = std::move(help)};
}

/// Of both tasks that move a freezer.
void add_freezer_parameters(TaskInfo& info) {
  info.recovery = Recovery::Rerun;
  info.reads_run_json = false;
  info.parameters.push_back(parameter(
      "tolerance", ParameterType::Temperature, "1 degC", "how near the target counts as reached"));
  info.parameters.push_back(
      parameter("steady", ParameterType::Duration, "10 min", "how long it has to stay there"));
  info.parameters.push_back(
      parameter("limit", ParameterType::Duration, "12 h", "after this time the step has failed"));
  info.parameters.push_back(
      parameter("freezer", ParameterType::Text, "freezer", "[device ...] of station.ini"));
  info.estimate = std::chrono::hours{2};
}

TaskInfo set_temperature_info() {
  TaskInfo info;
  info.name = "set_temperature";
  info.summary = "set the freezer and wait until its thermometer says that it is there and stays";
  info.parameters = {
      parameter("target", ParameterType::Temperature, "", "where to, e.g. -40 degC")};
  add_freezer_parameters(info);
  return info;
}

TaskInfo dummy_wrapper_info() {
  TaskInfo info;
  info.name = "dummy_wrapper";
  info.summary = "set_temperature as the original's schedules call it; goes to fcurrent + fdelta";
  info.parameters = {
      parameter("fcurrent", ParameterType::Number, "", "degC, what it should be at before"),
      parameter("fdelta", ParameterType::Number, "", "degC, by how much it should change")};
  add_freezer_parameters(info);
  return info;
}

TaskInfo disable_laser_info() {
  TaskInfo info;
  info.name = "disable_laser";
  info.summary = "switch the laser's generator off, read it back; fails when nobody can tell";
  info.recovery = Recovery::Rerun;
  info.reads_run_json = false;
  info.parameters = {
      parameter("generator", ParameterType::Text, "generator", "[device ...] of station.ini")};
  info.estimate = std::chrono::seconds{1};
  return info;
}

const std::vector<Entry>& entries() {
  static const std::vector<Entry> list{{status_check_info(), status_check},
                                       {disable_laser_info(), disable_laser},
                                       {set_temperature_info(), set_temperature},
                                       {dummy_wrapper_info(), change_temperature},
                                       {wait_time_info(), nullptr},
                                       {manual_input_info(), nullptr},
                                       {backup_info(), backup}};
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
    if (entry.info.name == name && entry.function != nullptr) {
      return entry.function(context);
    }
  }
  throw std::invalid_argument{"no built-in task '" + std::string{name} + "' that is a process"};
}

}  // namespace fat
