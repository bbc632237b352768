// What a built-in task gets and gives.
#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fat/model/plan.hpp"
#include "fat/model/station.hpp"
#include "fat/ports/bench.hpp"
#include "fat/ports/clock.hpp"
#include "fat/ports/instruments.hpp"
#include "fat/ports/reporter.hpp"

namespace fat {

class Channels;
class Snapshots;

/// What the module JSON says about one PMT; absent when it says nothing, or -1.
struct PmtRecord {
  std::string serial;                     ///< "SQ0866"
  std::optional<double> nominal_voltage;  ///< HV1e7Gain, V
  std::optional<double> electron_height;  ///< SPEPeakHeight, V
};

/// One module of the run as the task is to treat it.
struct TaskModule {
  ModuleEntry entry;
  std::optional<int> fpga_version;  ///< what the module JSON says it should be
  std::filesystem::path file;       ///< the module JSON as found
  /// Port - 5000, or, of ports that are not numbered so, the place in the run JSON. Four modules
  /// share a wire pair.
  int place = 0;
  std::array<PmtRecord, 2> pmts;  ///< 0 lower, 1 upper
  bool quarantined = false;       ///< given only to tasks that ask for those too
};

/// How a task ended; the numbers are the exit status (DESIGN 7). Failed modules are told through
/// reports, never here.
enum class TaskExit { Done = 0, Errored = 1, TryAgainLater = 75, Skipped = 77 };

/// What is there for every task. References outlive the task's run.
struct TaskContext {
  const Bench& bench;
  const Clock& clock;
  Reporter& reporter;
  const Instruments* instruments = nullptr;  ///< the [device ...] of station.ini; absent in tests
  const Channels* channels = nullptr;        ///< the [channel ...]s; absent where there are none
  std::function<void(Microseconds)> pause;   ///< returns after that time
  AskOperator ask;                           ///< may take days
  AskModule probe;                           ///< of [modules]; empty: modules speak iceboot
  Snapshots* snapshots = nullptr;            ///< absent where nothing can be backed up
  std::vector<BackupTarget> backups;         ///< from station.ini
  std::filesystem::path journal;             ///< STATE/fatmaster.db; empty when not told
  std::filesystem::path run_file;            ///< run JSON; empty when the task reads none
  std::filesystem::path folder;              ///< of the attempt, for its files; empty by hand
  std::vector<TaskModule> modules;           ///< still in the run
  std::map<std::string, std::string>
      arguments;  ///< every parameter of the TaskInfo that has a value, checked
};

/// Performs the task. Throws DeviceError or another std::exception when it could not do its job.
using TaskFunction = TaskExit (*)(const TaskContext&);

}  // namespace fat
