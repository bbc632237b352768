// A request on the control socket -> verbs and pages of the run.
#pragma once

#include <functional>
#include <optional>

#include "fat/model/run_summary.hpp"
#include "fat/model/verb.hpp"
#include "fat/runner/control_server.hpp"

namespace fat {

/// What the run answers with.
struct ControlledRun {
  std::function<VerbReply(const Verb&)> request;
  std::function<RunSummary()> summary;
  std::function<std::optional<ControlAnswer>(const ControlRequest&,
                                             const std::function<RunSummary()>& summarize)>
      pages;  ///< may be empty
};

/// POST /v1/verb, GET /v1/status, GET of whatever `pages` knows; 404 for the rest, 400 for a verb
/// that is none.
ControlAnswer answer_control(const ControlRequest& request, const ControlledRun& run);

}  // namespace fat
