// An attempt whose intent is durable -> its process, or the end of an attempt that cannot begin.
#pragma once

#include <functional>
#include <string>
#include <variant>

#include "fat/model/event.hpp"
#include "fat/model/plan.hpp"
#include "fat/runner/run_loop.hpp"
#include "runner/step_process.hpp"

namespace fat {

struct LaunchSurroundings {
  const RunLoopSettings& settings;
  const Plan& plan;
  const std::function<std::string(const AttemptStarted&)>& run_json_for;  ///< RunRecord::text_for
  const std::function<void(const std::string&)>& alarm;
  StandbyShim& standby;  ///< takes the order when it can
};

/// While modules are in quarantine the step gets a run JSON of its own. When there can be none, it
/// does not begin; only a safe action does all the same, with the real one.
std::variant<StepProcess, AttemptEnded> launch_attempt(const Step& step,
                                                       const AttemptStarted& attempt,
                                                       const LaunchSurroundings& around);

}  // namespace fat
