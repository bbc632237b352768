// The program's exit codes (DESIGN 10).
#pragma once

namespace fat {

enum ExitCode : int {
  kExitDone = 0,        ///< completed and every verdict passed, or the command did its job
  kExitModulesBad = 1,  ///< completed, some module failed or is inconclusive
  kExitUsage = 2,
  kExitFileWrong = 3,    ///< schedule, run or station file wrong
  kExitStepErrored = 4,  ///< a step errored and the run stopped
  kExitStopped = 5,      ///< stopped or aborted by a person
  kExitOwned = 6,        ///< another fatmaster owns the station
  kExitRefused = 7,      ///< drift, illegal verb
  kExitBug = 70,
};

}  // namespace fat
