// Plan, state and moment -> what happens next. Stop 4 of the straight way: pure.
#pragma once

#include "fat/engine/run_state.hpp"
#include "fat/ports/campaign.hpp"

namespace fat {

/// Whether steps of the schedule may begin at this moment.
enum class Steps { Begin, AreHeld };

/// Events to append now (see Campaign::decide). The caller turns every AttemptStarted of a process
/// into a process once it is durable, and signals the shim of every open attempt that is asked to
/// end. O(open attempts and prompts).
Decision decide(const Plan& plan,
                const RunState& state,
                const Instant& now,
                Steps steps = Steps::Begin);

/// What an answer to a prompt entails, PromptAnswered first. `value` is valid for the prompt.
std::vector<EventBody> answer_events(const RunState& state,
                                     const PromptOpened& asked,
                                     const std::string& value,
                                     const std::string& reason);

/// How often "try again later" (exit status 75) is believed before it counts as an error.
constexpr int kTryLaterLimit = 10;

/// Pause before "try again later" is tried again when the step names no retry_delay.
constexpr Microseconds kTryLaterDelay = std::chrono::minutes{1};

/// Deaths of the engine without any step's end in between after which the run is Broken.
constexpr int kMaxRestarts = 3;

/// Processes of one step in a row that vanished under a living scheduler, after which the step
/// counts as failed.
constexpr int kMaxLosses = 3;

/// How long after a process was asked to end the run goes on to its safe state without its end.
/// Longer than the shim's grace. Also what a safe action or a backup may take beyond its own
/// time-out before it is passed over.
constexpr Microseconds kUnkillableAfter = std::chrono::seconds{30};

/// Time-out of a safe action or a backup that names none.
constexpr Microseconds kDefaultBound = std::chrono::minutes{10};

}  // namespace fat
