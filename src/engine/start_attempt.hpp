// A step that is to start -> the event of its new attempt.
#pragma once

#include "fat/engine/run_state.hpp"
#include "fat/model/plan.hpp"

namespace fat {

struct StartRequest {
  StepList list;
  const Step& step;
  std::size_t index;
  bool verify;  ///< ask the hardware whether the effect is there, instead of running it
};

AttemptStarted new_attempt(const Plan& plan,
                           const RunState& state,
                           const Instant& now,
                           const StartRequest& request);

}  // namespace fat
