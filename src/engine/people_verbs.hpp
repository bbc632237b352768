// `shift` and `ack` -> accepted with the event, or refused in words. Pure.
#pragma once

#include "fat/engine/run_state.hpp"
#include "fat/model/verb.hpp"

namespace fat {

VerbReply request_shift(const RunState& state, const Verb& verb);
VerbReply request_acknowledge(const RunState& state, const Verb& verb);

}  // namespace fat
