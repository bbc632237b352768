// A verb of a person -> accepted with its events, or refused naming the state (DESIGN 9). Pure.
#pragma once

#include "fat/engine/run_state.hpp"
#include "fat/model/verb.hpp"

namespace fat {

/// Index of the first step that still lies ahead of the run and may be edited; the number of steps
/// when there is none. Nothing can be put in front of it. `plan` may have edits that the run does
/// not know yet.
std::size_t first_ahead(const Plan& plan, const RunState& state);

/// Whether a lock bars the verb is asked before: RunCampaign::request().
VerbReply request(const Plan& plan, const RunState& state, const Verb& verb, const Instant& now);

}  // namespace fat
