// `skip`, `mark`, `redo` and `abort-step` of a step -> accepted with events, or refused in words.
// Pure.
#pragma once

#include "fat/engine/run_state.hpp"
#include "fat/model/verb.hpp"

namespace fat {

/// Each finds the step by its title, "[i]" or "i" in `verb.step`.
VerbReply skip_step(const Plan& plan, const RunState& state, const Verb& verb);
VerbReply mark_step(const Plan& plan, const RunState& state, const Verb& verb);
VerbReply redo_step(const Plan& plan, const RunState& state, const Verb& verb);
/// Without a name it means the only step that runs.
VerbReply abort_step(const Plan& plan, const RunState& state, const Verb& verb);

}  // namespace fat
