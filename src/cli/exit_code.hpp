// The program's exit codes (DESIGN 10).
#pragma once

namespace fat {

inline constexpr int kExitDone =
    0;  ///< completed and every verdict passed, or the command did its job
inline constexpr int kExitModulesBad = 1;  ///< completed, some module failed or is inconclusive
inline constexpr int kExitUsage = 2;
inline constexpr int kExitFileWrong = 3;    ///< schedule, run or station file wrong
inline constexpr int kExitStepErrored = 4;  ///< a step errored and the run stopped
inline constexpr int kExitStopped = 5;      ///< stopped or aborted by a person
inline constexpr int kExitOwned = 6;        ///< another fatmaster owns the station
inline constexpr int kExitRefused = 7;      ///< drift, illegal verb
inline constexpr int kExitBug = 70;

}  // namespace fat
