// Who acts at the station, and who has seen what: `shift` and `ack`.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "fat/model/run_summary.hpp"
#include "fat/model/station.hpp"
#include "fat/ports/journal.hpp"

namespace fat {

/// The name of a [person NAME] of station.ini. Throws CommandError, which says who there is.
std::string known_person(const Station& station, const std::string& name);

/// What the next shifter reads: since the shift before began in this run, or since its start.
std::vector<std::string> hand_over_report(const std::string& station,
                                          const RunSummary& summary,
                                          const std::vector<StoredEvent>& events);

std::vector<Command> shift_commands();

}  // namespace fat
