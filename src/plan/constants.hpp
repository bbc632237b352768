// [constants] -> what holds for the whole run.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "fat/model/instant.hpp"
#include "fat/plan/ini_file.hpp"
#include "plan/problem_list.hpp"

namespace fat {

struct Constants {
  std::string run_file;  ///< as written; empty when not given
  bool verbose = false;
  std::string python = "python3";        ///< absolute when written with a slash
  bool python_found = true;              ///< reported only when a step needs it
  std::vector<std::string> python_path;  ///< absolute folders
  bool prefer_builtin = false;
  std::optional<int> min_modules;
  bool strict_code = false;
  std::optional<Microseconds> safe_state_after;
  std::vector<std::string> needs_services;  ///< "daq:*", "camera", ...
  SourceLine where, run_file_where, python_where, needs_services_where;
};

/// Relative paths are looked for in `folders` in order. Missing [constants] gives the defaults and
/// no problem.
Constants read_constants(const IniFile& file,
                         const std::vector<std::filesystem::path>& folders,
                         ProblemList& problems);

}  // namespace fat
