// A verb of a person -> accepted with its events, or refused naming the state (DESIGN 9). Pure.
#pragma once

#include "fat/engine/run_state.hpp"
#include "fat/model/verb.hpp"

namespace fat {

/// Whether a lock bars the verb is asked before: RunCampaign::request().
VerbReply request(const Plan& plan, const RunState& state, const Verb& verb, const Instant& now);

}  // namespace fat
