// The tables themselves, as the engine is meant to be. What stands behind a * is legal and so rare
// that a bounded run need not take it.
#include "engine/state_table.hpp"

namespace fat {

// clang-format off

namespace {

// Columns: idle, running, pausing, paused, waiting, suspended, stopping, stopped, aborting, aborted, completed, broken.
const std::vector<RunRow> kRun{
    {"run_opened", {"r", "", "", "", "", "", "", "", "", "", "", ""}},
    {"scheduler_started", {"", "r", "g", "p", "w", "u", "s", "ruS", "a", "ruA", "rC", "ruB"}},
    {"plan_adopted", {"", "r", "g", "p", "w", "u", "s", "S", "a", "A", "C", "B"}},
    {"attempt_started", {"", "r", "g", "p", "w", "u", "s", "", "a", "", "", ""}},
    {"attempt_adopted", {"", "r", "g", "p", "w", "u", "s", "S", "a", "A", "C", "B"}},
    {"attempt_reported", {"", "r", "g", "p", "w", "u", "s", "S", "a", "A", "*C", "*B"}},
    {"attempt_ended", {"", "r*u", "g", "p", "rw", "rgwu", "s", "S", "a", "A", "C", "B"}},
    {"step_resolved", {"", "r", "g", "p", "w", "u", "s", "S", "a", "A", "C", "B"}},
    {"step_reopened", {"", "r", "g", "p", "w", "u", "s", "S", "a", "A", "C", "B"}},
    {"prompt_opened", {"", "w", "g", "p", "w", "u", "s", "", "a", "", "", ""}},
    {"prompt_answered", {"", "", "g", "p", "rw", "u", "s", "", "a", "", "", ""}},
    {"prompt_withdrawn", {"", "", "g", "p", "*rw", "u", "s", "", "a", "", "", ""}},
    {"pause_requested", {"", "g", "", "", "g", "u", "", "", "", "", "", ""}},
    {"pause_cancelled", {"", "", "rw", "", "", "u", "s", "", "a", "", "", ""}},
    {"paused", {"", "p", "p", "", "p", "", "", "", "", "", "", ""}},
    {"continued", {"", "", "", "rwu", "", "", "s", "", "a", "", "", ""}},
    {"stop_requested", {"", "s", "s", "s", "s", "s", "", "", "", "", "", ""}},
    {"stop_cancelled", {"", "", "", "", "", "", "*rwg", "", "", "", "", ""}},
    {"abort_step_requested", {"", "r", "g", "p", "w", "", "s", "", "", "", "", ""}},
    {"abort_requested", {"", "a", "a", "a", "a", "a", "a", "", "a", "", "", ""}},
    {"break_requested", {"", "a", "a", "a", "*a", "a", "a", "", "a", "", "", ""}},
    {"safe_state_started", {"", "r", "*g", "p", "w", "", "s", "", "a", "", "", ""}},
    {"safe_state_ended", {"", "ru", "gu", "p", "wu", "", "s", "", "a", "", "", ""}},
    {"run_ended", {"", "C", "", "", "C", "", "S", "", "AB", "", "", ""}},
    {"plan_edited", {"", "r", "g", "p", "w", "u", "s", "S", "a", "A", "C", "B"}},
    {"control_locked", {"", "r", "g", "p", "w", "u", "s", "S", "a", "A", "C", "B"}},
    {"control_unlocked", {"", "r", "*g", "p", "w", "*u", "s", "S", "a", "A", "C", "*B"}},
    {"noted", {"", "*r", "*g", "*p", "*w", "*u", "*s", "*S", "*a", "*A", "*C", "*B"}},
    {"code_seen", {"", "*r", "*g", "*p", "*w", "*u", "*s", "*S", "*a", "*A", "*C", "*B"}},
    {"module_quarantined", {"", "*r", "*g", "*p", "*w", "*u", "*s", "*S", "*a", "*A", "*C", "*B"}},
    {"module_released", {"", "*r", "*g", "*p", "*w", "*u", "*s", "*S", "*a", "*A", "*C", "*B"}},
    {"logged", {"", "r", "g", "p", "w", "u", "s", "S", "a", "A", "C", "B"}},
    {"shift_taken", {"", "r", "g", "p", "w", "u", "s", "S", "a", "A", "C", "B"}},
    {"acknowledged", {"", "*r", "*g", "*p", "w", "*u", "*s", "", "*a", "", "", ""}},
    {"person_called", {"", "*r", "*g", "p", "w", "*u", "*s", "", "*a", "", "", ""}},
    {"prompt_reminded", {"", "", "*g", "*p", "w", "*u", "*s", "", "*a", "", "", ""}},
    {"reply_read", {"", "*r", "*g", "*p", "w", "*u", "*s", "*S", "*a", "*A", "*C", "*B"}},
    {"signal_read", {"", "r", "g", "p", "w", "u", "s", "*S", "a", "*A", "*C", "*B"}},
};

// A step. Columns: pending, running, verifying, failed, interrupted, cannot tell, absent, undecided, done, skipped, errored, aborted.
const std::vector<StepRow> kMain{
    {Cause::Start, {"r", "", "", "r", "r", "*r", "r", "*r", "", "", "", ""}},
    {Cause::Verify, {"", "", "", "", "v", "", "", "", "", "", "", ""}},
    {Cause::EndDone, {"", "d", "d", "", "", "", "", "", "", "", "", ""}},
    {Cause::EndErrored, {"", "f", "ixn", "", "", "", "", "", "", "", "", ""}},
    {Cause::EndSkipped, {"", "s", "*ix", "", "", "", "", "", "", "", "", ""}},
    {Cause::EndInterrupted, {"", "pi", "ix", "", "", "", "", "", "", "", "", ""}},
    {Cause::EndAborted, {"", "piu", "ix", "", "", "", "", "", "", "", "", ""}},
    {Cause::ResolveDone, {"d", "", "", "d", "d", "d", "*d", "d", "", "", "", ""}},
    {Cause::ResolveErrored, {"e", "", "", "e", "e", "e", "*e", "e", "", "", "", ""}},
    {Cause::ResolveSkipped, {"s", "", "", "s", "s", "s", "*s", "s", "", "", "", ""}},
    {Cause::ResolveAborted, {"", "", "", "", "", "", "", "a", "", "", "", ""}},
    {Cause::Reopen, {"p", "", "", "p", "p", "p", "*p", "p", "p", "p", "p", "p"}},
    {Cause::Import, {"d", "", "", "", "", "", "", "", "", "", "", ""}},
    {Cause::Redo, {"p", "", "", "p", "p", "*p", "*p", "*p", "p", "p", "p", "*p"}},
    {Cause::Scheduler, {"p", "r", "v", "pf", "i", "x", "*n", "u", "d", "s", "e", "a"}},
};

// A safe action. Columns: pending, running, verifying, failed, interrupted, cannot tell, absent, undecided, done, skipped, errored, aborted.
const std::vector<StepRow> kSafe{
    {Cause::Start, {"r", "", "", "r", "r", "", "", "", "r", "*r", "", ""}},
    {Cause::EndDone, {"", "pid", "", "", "", "", "", "", "", "", "", ""}},
    {Cause::EndErrored, {"", "pfi", "", "", "", "", "", "", "", "", "", ""}},
    {Cause::EndSkipped, {"", "*pis", "", "", "", "", "", "", "", "", "", ""}},
    {Cause::EndInterrupted, {"", "pi", "", "", "", "", "", "", "", "", "", ""}},
    {Cause::EndAborted, {"", "*pi", "", "", "", "", "", "", "", "", "", ""}},
    {Cause::Scheduler, {"p", "r", "", "pf", "i", "", "", "", "pid", "pis", "", ""}},
    {Cause::SafeState, {"p", "r", "", "p", "i", "", "", "", "pi", "pi", "", ""}},
};

// A set-up step. Columns: pending, running, verifying, failed, interrupted, cannot tell, absent, undecided, done, skipped, errored, aborted.
// '*' alone: no verb and no answer leads there, but a step of the schedule may have become one of [on_resume].
const std::vector<StepRow> kSetUp{
    {Cause::Start, {"r", "", "", "r", "r", "*r", "r", "*r", "", "", "", ""}},
    {Cause::Verify, {"", "", "", "", "v", "", "", "", "", "", "", ""}},
    {Cause::EndDone, {"", "pd", "*pd", "", "", "", "", "", "", "", "", ""}},
    {Cause::EndErrored, {"", "f", "*ixn", "", "", "", "", "", "", "", "", ""}},
    {Cause::EndSkipped, {"", "s*p", "*ix", "", "", "", "", "", "", "", "", ""}},
    {Cause::EndInterrupted, {"", "pi", "ix", "", "", "", "", "", "", "", "", ""}},
    {Cause::EndAborted, {"", "piu", "*ix", "", "", "", "", "", "", "", "", ""}},
    {Cause::ResolveDone, {"d", "", "", "d", "d", "d", "*d", "*d", "", "", "", ""}},
    {Cause::ResolveErrored, {"*", "", "", "*", "*", "*", "*", "*", "", "", "", ""}},
    {Cause::ResolveSkipped, {"*", "", "", "*", "*", "*", "*", "*", "", "", "", ""}},
    {Cause::ResolveAborted, {"", "", "", "", "", "", "", "*", "", "", "", ""}},
    {Cause::Reopen, {"p", "", "", "p", "p", "p", "*p", "p", "*p", "*p", "*", "*"}},
    {Cause::Scheduler, {"p", "r", "v", "pf", "i", "x", "*n", "*iup", "pd", "ps", "", ""}},
    {Cause::SafeState, {"p", "r", "*v", "p", "i", "x", "*n", "*pi", "p", "p", "", ""}},
};

}  // namespace

// clang-format on

const std::vector<RunRow>& run_table() {
  return kRun;
}

const std::vector<StepRow>& step_table(StepList list) {
  if (list == StepList::Main) {
    return kMain;
  }
  return list == StepList::SafeState ? kSafe : kSetUp;
}

}  // namespace fat
