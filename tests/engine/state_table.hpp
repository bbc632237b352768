// The state machine as two tables: which event leads a run, and a step, from which state to which.
// What is not in them is illegal. DESIGN 3, 8 and 9 in data; the engine is checked against it.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "fat/engine/run_state.hpp"

namespace fat {

constexpr std::size_t kStatuses = 12;

/// One letter for each state of a run, in the order of RunStatus: idle running pausin(g) paused
/// waiting s(u)spended stopping (S)topped aborting (A)borted (C)ompleted (B)roken.
constexpr std::string_view kStatusLetters = "irgpwusSaACB";

struct RunRow {
  std::string_view event;
  std::array<std::string_view, kStatuses>
      to;  ///< by state before; empty: the event is illegal; behind a *: rare
};

const std::vector<RunRow>& run_table();

constexpr std::size_t kKinds = std::variant_size_v<EventBody>;

/// One body of each kind, in the order of the variant.
const std::vector<EventBody>& bodies();

/// The row of an event by its place in the variant.
const std::array<std::string_view, kStatuses>& run_targets(std::size_t kind);

/// What is known of a step.
enum class Phase {
  Pending,  ///< not begun, or broken off without effect
  Running,
  Verifying,    ///< the hardware is asked whether the effect is there
  Failed,       ///< the last attempt errored; another one or a decision comes
  Interrupted,  ///< it may have had its effect
  CannotTell,   ///< and the hardware could not say
  Absent,       ///< the hardware says no
  Undecided,    ///< ended by abort-step, before what shall follow
  Done,
  Skipped,
  Errored,
  Aborted,
};
constexpr std::size_t kPhases = 12;

/// One letter for each phase.
constexpr std::string_view kPhaseLetters = "prvfixnudsea";

std::string_view to_string(Phase phase);
Phase phase_of(const RunState& state, StepList list, const std::string& title);

/// What leads a step from phase to phase.
enum class Cause {
  Start,
  Verify,
  EndDone,
  EndErrored,
  EndSkipped,
  EndInterrupted,
  EndAborted,
  ResolveDone,
  ResolveErrored,
  ResolveSkipped,
  ResolveAborted,
  Reopen,
  Import,     ///< the run is opened with what the original had done
  Redo,       ///< a plan is adopted
  Scheduler,  ///< a scheduler starts
  SafeState,  ///< the safe state begins
};
constexpr std::size_t kCauses = 16;

std::string_view to_string(Cause cause);

struct StepRow {
  Cause cause{};
  std::array<std::string_view, kPhases> to;  ///< by phase before; empty: illegal; behind a *: rare
};

/// Of a step of the schedule, of [safe_state], of [on_resume].
const std::vector<StepRow>& step_table(StepList list);

const std::array<std::string_view, kPhases>& step_targets(StepList list, Cause cause);

/// Some row leads there, or every step is there at first.
bool is_reachable(StepList list, Phase phase);

inline constexpr std::array kStepLists{StepList::Main, StepList::SafeState, StepList::OnResume};

const std::vector<Step>& steps_of(const Plan& plan, StepList list);

template <typename T>
std::size_t number(T value) {
  return static_cast<std::size_t>(value);
}

}  // namespace fat
