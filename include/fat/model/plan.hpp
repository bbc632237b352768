// A checked schedule: the ordered steps with everything needed to run them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fat/model/claims.hpp"
#include "fat/model/instant.hpp"
#include "fat/model/measurement.hpp"
#include "fat/model/problem.hpp"
#include "fat/model/task_info.hpp"
#include "fat/model/validity.hpp"

namespace fat {

/// Which list of the plan a step belongs to. Backup steps are made by the engine from
/// `Plan::backup`.
enum class StepList { Main, SafeState, OnResume, Backup };

std::string_view to_string(StepList list);
std::optional<StepList> parse_step_list(std::string_view text);

enum class OnFailure { Pause, Stop, Continue };

std::string_view to_string(OnFailure reaction);
std::optional<OnFailure> parse_on_failure(std::string_view text);

/// One option of a section that is not a reserved key, as written (after ${...} and %%).
struct Argument {
  std::string name;
  std::string value;
  int line = 0;  ///< not part of the content: a moved line is not a changed step

  bool operator==(const Argument& other) const {
    return name == other.name && value == other.value;
  }
};

/// Which endings of an attempt are worth another one.
struct RetryOn {
  bool error = true;
  bool timeout = true;

  bool operator==(const RetryOn&) const = default;
};

struct Step {
  std::string title;  ///< unique in the plan over all lists; its identity
  StepKind kind = StepKind::Command;
  std::string task;     ///< built-in task or Python function
  std::string package;  ///< Python module path; empty unless kind is Python
  std::string command;  ///< text of a Command step, split like shell words unless `shell`
  bool shell = false;
  std::vector<Argument> arguments;
  std::optional<Microseconds> timeout;          ///< of one attempt
  std::optional<Microseconds> silence_timeout;  ///< without output or report
  int attempts = 1;                             ///< at least 1
  Microseconds retry_delay{0};
  RetryOn retry_on;
  OnFailure on_failure = OnFailure::Pause;
  Recovery recovery = Recovery::Ask;
  bool run_backup = false;
  bool leave_running = false;
  Claims needs;
  bool background = false;         ///< may run beside the steps that follow
  std::vector<std::string> after;  ///< titles of earlier steps that have to end first
  std::vector<Window> valid_when;  ///< checked before every attempt and while one runs
  std::vector<std::string> tags;
  std::vector<PromisedMeasurement> measurements;
  std::optional<Microseconds> estimate;  ///< the task's own guess
  SourceLine source;                     ///< not part of the content
};

/// SHA-256 (hex) of everything that makes a step what it is, except title, source lines and
/// estimate.
std::string fingerprint(const Step& step);

/// One module of the run, in the run JSON's order.
struct ModuleEntry {
  std::string serial;
  std::string path;  ///< of the module JSON as the run JSON names it
  int port = 0;      ///< TCP port from the module JSON; 0 when it has none
  std::string
      host;  ///< where the module's server listens; "localhost" unless the module JSON has "Host"

  bool operator==(const ModuleEntry&) const = default;
};

struct Plan {
  std::string schedule_file;  ///< as named by the user, absolute
  std::string run_file;       ///< run JSON, absolute
  int run_number = 0;         ///< NNNNN of run_NNNNN.json
  std::vector<ModuleEntry> modules;
  std::string python = "python3";        ///< interpreter of Python steps
  std::vector<std::string> python_path;  ///< absolute folders put on PYTHONPATH
  bool verbose = false;
  Microseconds safe_state_after = std::chrono::minutes{15};  ///< into an unanswered failure pause
  int min_modules = 1;       ///< the run pauses when quarantines leave fewer
  bool strict_code = false;  ///< changed code behind a step is refused, not only recorded
  std::vector<std::string> needs_services;  ///< "daq:*", ...: no step begins while one is down
  std::vector<Argument> station;            ///< what station.ini says: "[section] key" and value
  std::vector<Step> steps, safe_state, on_resume;
  std::optional<Step> backup;  ///< present when station.ini names a backup target
};

/// What holds for the whole run, as a person would name it: [constants], then station.ini.
std::map<std::string, std::string> settings(const Plan& plan);

/// SHA-256 (hex) over titles and fingerprints of all lists, the module set (serial -> path) and the
/// settings.
std::string fingerprint(const Plan& plan);

/// The stored form of a plan. `plan_from_json` throws std::invalid_argument when the text is not
/// one.
std::string to_json_text(const Plan& plan);
Plan plan_from_json_text(std::string_view text);

/// Index of the step with that title in `steps`, or nullopt. Searched outward from `near`: O(1) for
/// who knows about where it stands, O(number of steps) for who does not.
std::optional<std::size_t> find_step(const std::vector<Step>& steps,
                                     std::string_view title,
                                     std::size_t near = 0);

/// nullptr when the plan has no such step. Backup attempts all belong to `Plan::backup`.
const Step* find_step(const Plan& plan,
                      StepList list,
                      std::string_view title,
                      std::size_t near = 0);

}  // namespace fat
