// A step of a plan -> what its process is started with. Pure.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "fat/model/event.hpp"
#include "fat/model/plan.hpp"

namespace fat {

/// Where the parts of the installed program are.
struct ProgramFiles {
  std::filesystem::path program;      ///< fatmaster itself
  std::filesystem::path shim;         ///< fat-step
  std::filesystem::path python_call;  ///< fatmaster_call.py, the launcher of Python steps
};

/// A file that must lie in the attempt folder before the process starts.
struct StepFile {
  std::string name;
  std::string content;
};

struct StepCommand {
  std::vector<std::string> words;        ///< program first
  std::vector<std::string> environment;  ///< "NAME=value", complete
  std::vector<StepFile> files;
};

struct StepSurroundings {
  ProgramFiles files;
  std::filesystem::path station;  ///< folder; the process starts there
  std::filesystem::path attempt_folder;
  std::vector<std::string> environment;  ///< of this process
  std::string run_json_copy;  ///< RunRecord::text_for; empty: it gets the run JSON itself
  std::vector<std::string> instruments;  ///< of station.ini: a step that claims one leases it
};

/// `environment` ("NAME=value") with what the Python steps of the plan find their packages by: the
/// schedule's folders, then ours, then those that were set.
std::vector<std::string> python_environment(std::vector<std::string> environment,
                                            const Plan& plan,
                                            const ProgramFiles& files);

/// DESIGN 7. Throws std::invalid_argument when a command cannot be split into words. Wait and
/// Prompt steps have no process: std::logic_error.
StepCommand command_for(const Step& step,
                        const AttemptStarted& attempt,
                        const Plan& plan,
                        const StepSurroundings& surroundings);

}  // namespace fat
