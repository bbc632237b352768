// A request to the process that reads a bench -> its answer.
#pragma once

#include <functional>
#include <string>

#include "cli/interlock_watch.hpp"
#include "fat/model/verb.hpp"
#include "fat/runner/control_server.hpp"

namespace fat {

/// What a person asks of an interlock.
struct InterlockRequest {
  std::string verb;  ///< "override", "clear", "reset"
  std::string name, who, reason;
  Microseconds length{0};  ///< of override
};

std::string to_json_text(const InterlockRequest& request);

/// GET /v1/station: the state. POST /v1/interlock: a request, answered when what it changed is
/// durable. `store` returns false when it is not yet. Throws nothing that a peer can cause.
ControlAnswer answer_station(const ControlRequest& request,
                             InterlockWatch& interlocks,
                             const std::function<bool(const StationState&)>& store,
                             const std::function<void(const std::string&)>& tell);

}  // namespace fat
