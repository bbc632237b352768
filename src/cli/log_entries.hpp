// An entry for a run's logbook -> its place: the journal through whoever owns it, or, of a run that
// has not begun, the check book; and everything a station's logbooks say.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "fat/model/event.hpp"
#include "fat/model/station.hpp"
#include "fat/people/logbook.hpp"
#include "fat/ports/journal.hpp"

namespace fat {

/// A run that has a logbook.
struct LoggedRun {
  int number = 0;
  bool begun = false;  ///< it has events: else what is written becomes part of them at its start
};

/// Every run that was made or started here, in the order in which they were.
std::vector<LoggedRun> logged_runs(const Station& station);

/// The run that `wanted` names; empty: the one being driven, else the newest. Throws CommandError
/// when there is none.
LoggedRun choose_logged_run(const Station& station, const std::string& wanted);

/// By `who`. Durable when it returns. Returns what to tell the person. Throws CommandError when it
/// is refused or somebody else drives another run.
std::string write_entry(const std::string& who,
                        const Station& station,
                        const LoggedRun& run,
                        const Logged& entry);

/// What the logbook of a run says that has these events; in the order in which it happened.
std::vector<LogLine> lines_of_events(const Station& station,
                                     int run,
                                     const std::vector<StoredEvent>& events);
/// In the order in which it happened.
std::vector<LogLine> lines_of_run(const Station& station, const LoggedRun& run);

}  // namespace fat
