// Modules of a run and work on one of them -> that work on all of them, and how each came out of
// it.
#pragma once

#include <functional>
#include <string>

#include "fat/ports/task.hpp"

namespace fat {

constexpr int kModulesOnWirePair = 4;

/// Which modules may be worked on at the same time. Waveforms and charges fill a wire pair: of the
/// modules on one, only one may send them.
enum class Together { AllModules, OnePerWirePair };

/// What is to be done with one open module. Throws DeviceError.
using ModuleJob = std::function<void(const TaskModule& module, DetectorModule& session)>;

/// Opens each module and does the job. One that refuses or answers nonsense is inconclusive, one
/// that is not there or falls silent is reported as unresponsive; the others go on. Errored when
/// not a single one answers. Throws std::runtime_error when the run has no modules.
TaskExit for_each_module(const TaskContext& context, Together together, const ModuleJob& job);

/// The same with a single module; false when it does not answer.
bool with_module(const TaskContext& context, const TaskModule& module, const ModuleJob& job);

/// A message for people; `level` as in MessageReport.
void say(const TaskContext& context, const std::string& text, const char* level = "info");

/// The name of a PMT's channel in measurements: "lower" or "upper".
std::string channel_name(int channel);

/// Of one PMT: what was to be found out about it was not; `why` says what to do.
void inconclusive(const TaskContext& context,
                  const TaskModule& module,
                  int channel,
                  const std::string& why);

/// `limits` empty: a record, not a judgement. `channel` empty: of the whole module.
void measured(const TaskContext& context, Measurement measurement);

}  // namespace fat
