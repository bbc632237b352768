// A request to the process that reads a bench -> its answer.
#pragma once

#include <functional>
#include <string>

#include "cli/interlock_watch.hpp"
#include "cli/lease_desk.hpp"
#include "cli/machine_watch.hpp"
#include "cli/setting_desk.hpp"
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

/// What answers. What is borrowed outlives the answer.
struct StationParts {
  InterlockWatch& interlocks;
  SettingDesk& settings;
  LeaseDesk& leases;
  const MachineWatch& machines;
  std::function<bool(const StationState&)> store;  ///< false: not durable yet
  std::function<void(const std::string&)> tell;
};

/// GET /v1/station: the interlocks' state; /v1/machines: that of module power and chillers. POST
/// /v1/interlock: a request, answered when what it changed is durable. POST /v1/set: {channel,
/// value, who, fence, safe_state} -> the number of an order, whose fate is GET /v1/order/NUMBER.
/// Leases: `answer_lease`. Throws nothing that a peer can cause.
ControlAnswer answer_station(const ControlRequest& request, const StationParts& parts);

}  // namespace fat
