// `fatmaster task NAME ...`: words and environment -> one built-in task performed, exit status.
#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fat/model/station.hpp"
#include "fat/ports/bench.hpp"
#include "fat/ports/clock.hpp"

namespace fat {

class Channels;
class Instruments;
class Snapshots;

/// What the program gives to a task's process. References must outlive the call.
struct TaskSurroundings {
  const Bench& bench;
  const Clock& clock;
  const Instruments* instruments = nullptr;  ///< the devices of station.ini
  const Channels* channels = nullptr;        ///< its channels
  std::function<void(Microseconds)> pause;   ///< returns after that time
  AskModule probe;                           ///< of [modules]; empty: modules speak iceboot
  Snapshots* snapshots = nullptr;
  std::vector<BackupTarget> backups;  ///< of station.ini
  std::filesystem::path journal;      ///< STATE/fatmaster.db
  /// A variable of the environment; nullopt when it is not set.
  std::function<std::optional<std::string>(const std::string&)> environment;
  std::ostream& out;  ///< results for a person, when there is no report channel
  std::ostream& err;
};

/// `words` are `--NAME VALUE` for the task's parameters and `--run RUN_JSON`, which otherwise
/// FATMASTER_RUN_JSON names. FATMASTER_MODULES, a JSON list of serials, says which modules are
/// still in the run (not set: all). Reports go to the descriptor FATMASTER_REPORT_FD as JSON lines,
/// without it to `out` as text. Returns the task's exit status (DESIGN 7), 2 for a wrong call, 3
/// for a wrong run or module JSON. Throws nothing.
int run_task_main(std::string_view name,
                  const std::vector<std::string>& words,
                  const TaskSurroundings& surroundings);

}  // namespace fat
