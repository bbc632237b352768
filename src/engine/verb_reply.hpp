// The two ways to reply to a verb.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fat/engine/run_state.hpp"
#include "fat/model/verb.hpp"

namespace fat {

inline VerbReply accept(std::string text, std::vector<EventBody> events = {}) {
  return {.accepted = true, .text = std::move(text), .events = std::move(events)};
}

inline VerbReply refuse(std::string text) {
  return {.accepted = false, .text = std::move(text), .events = {}};
}

/// "cannot `what`: the run is ...", with what can be done instead.
VerbReply illegal(RunStatus status, std::string_view what);

}  // namespace fat
