// What keeps a run from starting, told in words: each throws CommandError with its exit code, and
// nothing has been written.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/run_request.hpp"
#include "cli/step_code.hpp"
#include "fat/engine/drift.hpp"
#include "fat/engine/step_state.hpp"
#include "fat/model/plan.hpp"
#include "fat/model/station.hpp"
#include "fat/ports/campaign.hpp"

namespace fat {

/// What `doctor` finds in passing: what prevents a run is refused, the rest is a warning on stderr.
/// Makes the state folder.
void refuse_sick_station(const Station& station, const RunRequest& request);

/// --without: puts the modules in quarantine that are not yet; refuses one that the run does not
/// have.
std::vector<EventBody> leave_out_modules(const Plan& plan,
                                         const std::map<std::string, Quarantine>& quarantined,
                                         const RunRequest& request);

/// --from and --until name steps of the schedule.
void require_named_steps(const Plan& plan, const RunRequest& request);

/// A MasterFAT_NN without an end stands in the run JSON, and `run` was typed.
[[noreturn]] void refuse_half_done(const std::string& master_key,
                                   const std::string& run_file,
                                   const RunRequest& request);

/// --redo: what reopens the steps it names, as the verb does. Refused where the verb is.
std::vector<EventBody> redo_steps(const Campaign& campaign,
                                  const Instant& now,
                                  const RunRequest& request);

/// What is not as it was when the run went on last.
struct FoundDrift {
  std::vector<Drift> plan;  ///< schedule, station file, module set
  std::vector<CodeChange> code;
  bool strict_code = false;       ///< the plan is strict about the code behind its steps
  std::vector<std::string> lost;  ///< edits of the run that do not fit the schedule any more
};

/// Something of it counts, and --accept-drift gives no reason.
void refuse_drift(const FoundDrift& found, const RunRequest& request);

}  // namespace fat
