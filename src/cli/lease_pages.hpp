// A request for leases on the socket of the process that reads a bench -> its answer, and back.
#pragma once

#include <optional>
#include <string>

#include "cli/lease_desk.hpp"
#include "fat/devices/wire_claim.hpp"
#include "fat/runner/control_server.hpp"

namespace fat {

/// GET /v1/leases: all of them. POST /v1/lease: a request. nullopt: no page of the leases. Throws
/// nothing that a peer can cause.
std::optional<ControlAnswer> answer_lease(const ControlRequest& request, LeaseDesk& leases);

/// Who asks: `who` as he says ("anna at /dev/pts/3"), the uid as the kernel says.
LeaseClaim claim_of(const std::string& who, std::uint32_t uid, std::uint64_t fence);

/// What bars a task from a turn on an instrument's wire now: "" when nothing does.
std::string objection_to_turn(const LeaseDesk& leases, const WireClaim& claim);

/// `process` of the request is told by its number alone.
std::string to_json_text(const LeaseRequest& request);

/// What became of a request: enough of a LeaseReply for who sent it.
struct LeaseWord {
  bool accepted = false;
  std::string text;
  std::uint64_t fence = 0;  ///< of what was granted
  bool busy = false;        ///< refused only because somebody holds it now
};

/// Refused in words when the text is none.
LeaseWord lease_word_from_json_text(const std::string& text);

/// "take", "renew", "free", "free-panel", "take-over".
std::string_view to_string(LeaseVerb verb);

}  // namespace fat
