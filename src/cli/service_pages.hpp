// Requests about services to the process that supervises them -> its answers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/service_watch.hpp"
#include "fat/runner/control_server.hpp"

namespace fat {

inline constexpr std::string_view kServicesPage = "/v1/services";

/// What a person asks of services.
struct ServicesRequest {
  std::string verb;                   ///< "start", "stop", "restart"
  std::vector<std::string> services;  ///< "daq:*", "camera", "all"
  std::string who;
};

std::string to_json_text(const ServicesRequest& request);

/// GET: their state. POST: a request, answered when what is wanted is written down. Throws nothing
/// that a peer can cause.
ControlAnswer answer_services(const ControlRequest& request, ServiceWatch& services);

}  // namespace fat
