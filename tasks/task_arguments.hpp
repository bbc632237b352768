// Words of a command line -> a task's arguments, checked against what it declares.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "fat/model/task_info.hpp"

namespace fat {

struct TaskArguments {
  std::map<std::string, std::string>
      values;                         ///< with defaults; a parameter without either is absent
  std::filesystem::path run_file;     ///< of --run; empty when not given
  bool verify = false;                ///< --verify
  std::vector<std::string> problems;  ///< sentences for people; empty: all is well
};

/// `--name value` and `--name=value`; names as declared, case ignored.
TaskArguments parse_task_arguments(const TaskInfo& info, const std::vector<std::string>& words);

/// What is wrong with the text as a value of that type, or "".
std::string problem_of(ParameterType type, const std::string& text);

}  // namespace fat
