// What is known about a bench before a run -> the shifter's quick check list, each line with what
// mends it.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fat/model/check_record.hpp"
#include "fat/model/station.hpp"
#include "fat/tasks/module_look.hpp"

namespace fat {

/// Open: nobody has done it yet. Bad: it was looked at and is not well.
enum class CheckState { Good, Open, Bad };

std::string_view to_string(CheckState state);

struct CheckLine {
  std::string name;
  CheckState state = CheckState::Good;
  std::string text;  ///< what is so
  std::string mend;  ///< the command that mends it; empty when it is good
};

/// Everything is of the newest run.
struct BenchFacts {
  Station station;
  std::optional<int> run;  ///< nullopt: there is none; then nothing below counts
  std::string run_file;    ///< as people write it
  bool is_over = false;
  std::vector<std::string> schedules;  ///< that name its run file
  std::vector<TaskModule> modules;
  std::vector<ModuleLook> looks;     ///< of those modules
  std::vector<CheckRecord> records;  ///< of checks by hand
  std::set<std::string> tasks_done;  ///< by steps of this run
  WallTime now;
};

std::vector<CheckLine> quick_check_list(const BenchFacts& facts);

std::string check_list_text(const std::vector<CheckLine>& lines);

/// [{"check", "state", "text", "mend"}].
std::string check_list_json(const std::vector<CheckLine>& lines);

}  // namespace fat
