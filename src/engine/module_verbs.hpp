// `quarantine` and `release` of a module -> accepted with the event, or refused in words. Pure.
#pragma once

#include "fat/engine/run_state.hpp"
#include "fat/model/verb.hpp"

namespace fat {

VerbReply quarantine_module(const Plan& plan, const RunState& state, const Verb& verb);
VerbReply release_module(const Plan& plan, const RunState& state, const Verb& verb);

}  // namespace fat
