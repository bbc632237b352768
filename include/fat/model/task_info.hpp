// What a built-in task says about itself: the catalog that schedules are checked against.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fat/model/instant.hpp"
#include "fat/model/measurement.hpp"

namespace fat {

/// Who performs a step. Wait and Prompt are records of the engine itself, all others are processes.
enum class StepKind { Builtin, Python, Command, Wait, Prompt };

std::string_view to_string(StepKind kind);
std::optional<StepKind> parse_step_kind(std::string_view text);

/// How an interrupted attempt is resolved: repeat it, ask the hardware, or ask a person.
enum class Recovery { Rerun, Verify, Ask };

std::string_view to_string(Recovery recovery);
std::optional<Recovery> parse_recovery(std::string_view text);

/// What a parameter's text must be. Duration and Quantity carry a unit.
enum class ParameterType {
  Text,
  Boolean,
  Integer,
  Number,
  Duration,
  Temperature,
  Voltage,
  Current,
  DateTime
};

std::string_view to_string(ParameterType type);

struct ParameterInfo {
  std::string name;
  ParameterType type = ParameterType::Text;
  bool required = false;
  std::string default_text;  ///< what is used when the schedule says nothing; for help
  std::string help;          ///< one line, with unit and range
};

struct TaskInfo {
  std::string name;
  std::string summary;  ///< one line for `fatmaster tasks`
  StepKind kind = StepKind::Builtin;
  Recovery recovery = Recovery::Ask;
  bool needs_modules =
      false;                ///< talks to the modules of the run: they are probed before the start
  bool needs_ports = true;  ///< and reaches each of them at its Port
  bool quarantined_too = false;  ///< treats the modules in quarantine as well, as safety demands
  bool reads_run_json = true;
  std::vector<ParameterInfo> parameters;
  std::vector<PromisedMeasurement> measurements;
  std::optional<Microseconds> estimate;  ///< typical duration, when it can be said
};

/// The tasks a schedule can name without `package`. `tasks/catalog.cpp` is the list.
using TaskCatalog = std::vector<TaskInfo>;

/// nullptr when the catalog has no such task. The pointer is into `catalog`.
const TaskInfo* find_task(const TaskCatalog& catalog, std::string_view name);

}  // namespace fat
