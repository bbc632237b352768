// A verb of a person -> the scheduler that owns the station, or the journal when there is none.
#pragma once

#include <optional>
#include <string>

#include "cli/command.hpp"
#include "fat/model/verb.hpp"
#include "fat/plan/station_file.hpp"

namespace fat {

/// What the scheduler's page says (its "text"), e.g. "/v1/status.txt"; nullopt when no scheduler
/// lives.
std::optional<std::string> page_of_scheduler(const Station& station, const std::string& path);

/// Sends the verb to the living scheduler. Without one, takes the station's lock and appends what
/// follows to the newest run.
VerbReply say(const Station& station, Verb verb);

/// The same for a run that need not be the newest; 0: it is. REQUIRES: a living scheduler drives
/// that run.
VerbReply say_about(const Station& station, Verb verb, int run);

/// Prints the reply; exit code 0 when accepted, 7 when refused.
int print_reply(const VerbReply& reply);

}  // namespace fat
