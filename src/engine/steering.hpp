// What people ask of the plan and of the lock of a run -> accepted with its event, or refused.
// Pure.
#pragma once

#include <optional>

#include "fat/engine/run_state.hpp"
#include "fat/model/verb.hpp"

namespace fat {

/// All the edits of the verb in one event, or none and why.
VerbReply request_edit(const Plan& plan, const RunState& state, const Verb& verb);

VerbReply request_lock(const RunState& state, const Verb& verb, const Instant& now);
VerbReply request_unlock(const RunState& state, const Verb& verb, const Instant& now);

/// Somebody else holds the lock, which bars everything but abort, halt, signals to the program and
/// what concerns the lock itself. nullopt: the verb may be asked.
std::optional<VerbReply> refuse_locked(const RunState& state, const Verb& verb, const Instant& now);

}  // namespace fat
